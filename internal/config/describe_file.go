package config

import (
	"maps"
	"sync"
)

// descriptions maps Option.Key to one line of help. The map is shared and must not
// be changed.
var descriptions = sync.OnceValue(func() map[string]string {
	m := describeService()
	maps.Copy(m, describeScan())
	maps.Copy(m, describeUpdater())
	maps.Copy(m, describeCommand())
	return m
})

// describeService covers the daemon: logs, sockets, directories.
func describeService() map[string]string {
	return map[string]string{
		"LogFile":                  "Append reports to this file (absolute path)",
		"LogFileUnlock":            "Do not lock the log file, so that several programs may write to it",
		"LogFileMaxSize":           "Rotate the log file beyond this size; 0 means no limit",
		"LogTime":                  "Begin each log line with the date",
		"LogClean":                 "Log clean files, too",
		"LogSyslog":                "Log to the system logger, too",
		"LogFacility":              "Facility name for the system logger, see syslog(3)",
		"LogVerbose":               "Log more",
		"LogRotate":                "Rotate the log file by size without complaint",
		"ExtendedDetectionInfo":    "Log MD5 and size of an infected object behind the signature's name",
		"PidFile":                  "Write the process number to this file",
		"TemporaryDirectory":       "Directory for temporary files",
		"DatabaseDirectory":        "Directory of the databases; the updater and the daemon must agree on it",
		"CVDCertsDirectory":        "Directory of certificates that detached database signatures are checked with",
		"CacheDirectory":           "Directory for compiled databases",
		"EnableLegacyCommands":     "Answer RAWSCAN, STREAM and SESSION of ClamAV 0.6x to 0.9x clients",
		"OfficialDatabaseOnly":     "Load only databases signed by the vendor",
		"FailIfCvdOlderThan":       "Refuse to work with databases older than so many days",
		"LocalSocket":              "Listen on this Unix socket",
		"LocalSocketGroup":         "Group of the Unix socket, name or number",
		"LocalSocketMode":          "Mode of the Unix socket, octal",
		"FixStaleSocket":           "Remove a socket file that a dead daemon left behind",
		"TCPSocket":                "Listen on this TCP port",
		"TCPAddr":                  "Listen on this address only; may be repeated",
		"EnableShutdownCommand":    "Let clients stop the daemon",
		"EnableReloadCommand":      "Let clients make the daemon load its databases anew",
		"EnableVersionCommand":     "Answer VERSION",
		"EnableStatsCommand":       "Answer STATS",
		"MaxConnectionQueueLength": "Connections that may wait to be accepted",
		"StreamMaxLength":          "Bytes that a client may send for one scan; 0 means no limit",
		"StreamMinPort":            "First port of the old STREAM command",
		"StreamMaxPort":            "Last port of the old STREAM command",
		"MaxThreads":               "Scans that run at the same time",
		"ReadTimeout":              "Seconds to wait for data of a client",
		"CommandReadTimeout":       "Seconds to wait for a client's command",
		"SendBufTimeout":           "Milliseconds to wait when a client does not read",
		"MaxQueue":                 "Commands that wait or run at the same time",
		"IdleTimeout":              "Seconds to wait for a new task",
		"ExcludePath":              "Do not scan paths that match this extended regular expression; may be repeated",
		"MaxDirectoryRecursion":    "Levels of directories to go down",
		"FollowDirectorySymlinks":  "Follow symbolic links to directories",
		"FollowFileSymlinks":       "Follow symbolic links to files",
		"CrossFilesystems":         "Scan on other file systems than the one a scan begins on",
		"SelfCheck":                "Look for changed databases every so many seconds; 0 means never",
		"ConcurrentDatabaseReload": "Go on scanning while new databases are loaded",
		"VirusEvent":               "Command to run at each detection; the names come in its environment",
		"ExitOnOOM":                "Stop when memory runs out",
		"AllowAllMatchScan":        "Allow ALLMATCHSCAN",
		"Foreground":               "Stay in the foreground",
		"Debug":                    "Print debug messages",
		"User":                     "Run as this user when started as root",
		"PreludeEnable":            "Accepted for compatibility, without effect",
		"PreludeAnalyzerName":      "Accepted for compatibility, without effect",
		"DisableCache":             "Do not remember clean files",
		"CacheSize":                "Number of clean files to remember",
		"OnAccessMountPath":        "On-access scanning: mount point to watch; may be repeated",
		"OnAccessIncludePath":      "On-access scanning: directory to watch; may be repeated",
		"OnAccessExcludePath":      "On-access scanning: directory to leave out; may be repeated",
		"OnAccessExcludeRootUID":   "On-access scanning: leave root's accesses alone",
		"OnAccessExcludeUID":       "On-access scanning: leave this user number's accesses alone; may be repeated",
		"OnAccessExcludeUname":     "On-access scanning: leave this user's accesses alone; may be repeated",
		"OnAccessMaxFileSize":      "On-access scanning: largest file to scan",
		"OnAccessDisableDDD":       "On-access scanning: do not follow changes of the directory tree",
		"OnAccessPrevention":       "On-access scanning: deny access to infected files",
		"OnAccessExtraScanning":    "On-access scanning: scan created and moved files, too",
		"OnAccessCurlTimeout":      "On-access scanning: milliseconds to wait for the daemon",
		"OnAccessMaxThreads":       "On-access scanning: number of threads",
		"OnAccessRetryAttempts":    "On-access scanning: further tries after a failed scan",
		"OnAccessDenyOnError":      "On-access scanning: deny access when a scan fails",
	}
}

// describeUpdater covers freshclam.conf.
func describeUpdater() map[string]string {
	return map[string]string{
		"UpdateLogFile":         "Append reports to this file",
		"DatabaseOwner":         "Run as this user, who owns the databases, when started as root",
		"Checks":                "Checks for new databases in a day",
		"DNSDatabaseInfo":       "Domain name whose TXT record tells the newest versions",
		"DatabaseMirror":        "Server to update from; may be repeated",
		"PrivateMirror":         "Server of your own to update from, without DNS; may be repeated",
		"MaxAttempts":           "Tries for each server",
		"ScriptedUpdates":       "Fetch differences instead of whole databases",
		"TestDatabases":         "Load a new database on trial before it replaces the old one",
		"CompressLocalDatabase": "Compress databases that were updated by differences",
		"ExtraDatabase":         "Fetch this optional database, too; may be repeated",
		"ExcludeDatabase":       "Do not fetch this standard database; may be repeated",
		"DatabaseCustomURL":     "Fetch a database of a third party from this address; may be repeated",
		"HTTPProxyServer":       "Proxy server",
		"HTTPProxyPort":         "Port of the proxy server",
		"HTTPProxyUsername":     "User name for the proxy server",
		"HTTPProxyPassword":     "Password for the proxy server",
		"HTTPUserAgent":         "Name to call ourselves at private mirrors",
		"NotifyClamd":           "Tell the daemon of this configuration file about new databases",
		"OnUpdateExecute":       "Command to run after a successful update",
		"OnErrorExecute":        "Command to run after a failed update",
		"OnOutdatedExecute":     "Command to run when a newer version of the program exists; %v is that version",
		"LocalIPAddress":        "Use this address of our own for downloads",
		"ConnectTimeout":        "Seconds to wait for a connection",
		"ReceiveTimeout":        "Seconds to wait for data; 0 means no limit",
	}
}
