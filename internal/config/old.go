package config

// oldOption is an option that the reference no longer knows, or knows only as
// deprecated.
type oldOption struct {
	name   string
	to     string // option that takes the value today; "" ignores it
	scale  int64  // factor from the old unit to the new; 0 means 1
	raise  bool   // never let an old small limit lower today's default
	effect func(v *Values)
}

// deprecatedFile are names at which 1.4 itself prints "Ignoring deprecated option".
func deprecatedFile(file Program) []string {
	if file == Freshclam {
		return []string{"SafeBrowsing", "AllowSupplementaryGroups"}
	}
	return []string{
		"DetectBrokenExecutables", "MailMaxRecursion", "ArchiveMaxScanSize", "ArchiveMaxRecursion",
		"ArchiveMaxFiles", "ArchiveMaxCompressionRatio", "ArchiveBlockMax", "ArchiveLimitMemoryUsage",
		"MailFollowURLs", "AllowSupplementaryGroups", "ScanOnAccess", "TimeLimit",
	}
}

// removedFile are the options of versions 0.5x to 0.103 at which 1.4 stops with
// "Unknown option". ArchiveMaxFileSize and its kind lowered limits that were
// generous in 2004; keeping them as they stand would lower detection today.
func removedFile(file Program) []oldOption {
	if file != Clamd {
		return []oldOption{
			{name: "SubmitDetectionStats"},
			{name: "DetectionStatsCountry"},
			{name: "DetectionStatsHostID"},
			{name: "DataDirectory", to: "DatabaseDirectory"},
		}
	}
	out := []oldOption{
		{name: "ArchiveMaxFileSize", to: "MaxFileSize", raise: true},
		{name: "DataDirectory", to: "DatabaseDirectory"},
		{name: "ThreadTimeout", to: "MaxScanTime", scale: 1000}, // it cut a scan, in seconds
		{name: "MaxConnectionQueue", to: "MaxConnectionQueueLength"},
		{name: "DisableDefaultScanOptions", effect: func(v *Values) { v.scanOff = true }},
	}
	for _, n := range []string{
		"BytecodeStatistics", "ClamukoExcludePath", "ClamukoExcludeUID", "ClamukoIncludePath",
		"DevCollectHashes", "ClamukoMaxFileSize", "ClamukoScanArchive", "ClamukoScanOnAccess", "ClamukoScanOnClose",
		"ClamukoScanOnExec", "ClamukoScanOnLine", "ClamukoScanOnOpen", "ClamukoScannerCount",
		"DetectionStatsCountry", "DetectionStatsHostID", "NodalCoreAcceleration", "PhishingRestrictedScan",
		"ScanRAR", "StatsEnabled", "StatsHostID", "StatsPEDisabled", "StatsTimeout", "StreamSaveToDisk",
		"SubmitDetectionStats", "UseProcesses",
	} {
		out = append(out, oldOption{name: n})
	}
	return out
}

// oldArg is a command-line option that is accepted and ignored.
type oldArg struct {
	long  string
	short byte
	arg   bool // takes a following argument; else an argument must be joined by "="
}

// deprecatedArgs are command-line names at which 1.4 prints "Ignoring deprecated
// option"; observed with clamscan, clamd and freshclam 1.4.6.
func deprecatedArgs(p Program) []oldArg {
	switch p {
	case Freshclam:
		return []oldArg{{long: "http-proxy", arg: true}, {long: "proxy-user", arg: true}, {long: "log-verbose"}}
	case Clamd:
		return []oldArg{{long: "detect-broken"}, {long: "mail-follow-urls"}}
	case Clamdscan:
		return []oldArg{{long: "disable-summary"}}
	case Clamscan:
		return append([]oldArg{{long: "disable-summary"}}, clamscanDeprecated()...)
	}
	return nil
}

func clamscanDeprecated() []oldArg {
	out := []oldArg{{long: "max-ratio", arg: true}, {long: "max-space", arg: true}, {long: "timelimit", arg: true}}
	for _, n := range []string{
		"bytecode-trust-all", "force", "disable-archive", "no-archive", "no-pe", "no-elf", "no-ole2",
		"no-pdf", "no-html", "no-mail", "no-phishing-sigs", "no-phishing-scan-urls", "no-algorithmic",
		"no-phishing-restrictedscan", "unzip", "unrar", "arj", "unzoo", "lha", "jar", "tar", "tgz", "deb",
		"detect-broken", "mail-follow-urls",
	} {
		out = append(out, oldArg{long: n})
	}
	return out
}

// historicArgs are names of 0.5x to 0.9x that 1.4 refuses. Filters of that time
// still pass them, and an unknown option would stop all mail; so they are taken
// by their full names only, with a warning.
func historicArgs(p Program) []oldArg {
	switch p {
	case Clamscan:
		return []oldArg{
			{long: "mbox", short: 'm'},
			{long: "log-verbose"},
			{long: "whole-file"},
			{long: "threads", arg: true},
			{long: "one-virus"},
			{long: "unace"},
			{long: "zoo"},
			{long: "config-file", arg: true},
		}
	case Clamdscan:
		return []oldArg{
			{long: "mbox"},
			{long: "log-verbose"},
			{long: "whole-file"},
			{long: "threads", arg: true},
			{long: "one-virus"},
			{long: "unace"},
			{long: "zoo"},
			{long: "datadir", arg: true},
		}
	}
	return nil
}

// rename joins an option with the older spelling that still works.
type rename struct{ old, new string }

// renames lists the pairs; both names set the same thing.
func renames() []rename {
	return []rename{
		{"ArchiveBlockEncrypted", "AlertEncrypted"},
		{"BlockMax", "AlertExceedsMax"},
		{"AlgorithmicDetection", "HeuristicAlerts"},
		{"OLE2BlockMacros", "AlertOLE2Macros"},
		{"PhishingAlwaysBlockSSLMismatch", "AlertPhishingSSLMismatch"},
		{"PhishingAlwaysBlockCloak", "AlertPhishingCloak"},
		{"PartitionIntersection", "AlertPartitionIntersection"},
	}
}
