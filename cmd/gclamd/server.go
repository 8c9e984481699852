package main

import (
	"os"
	"time"

	"gclam/clamd"
	"gclam/internal/config"
	"gclam/internal/pathfilter"
)

// reservedFDs are descriptors that the daemon needs besides connections: log,
// listeners, the poller, and one for each level of a walk and of a spooled object.
const reservedFDs = 64

// newServer makes the protocol server and ends the banner.
func (d *daemon) newServer() (*clamd.Server, error) {
	v := d.v
	d.bannerLimits()
	d.bannerFeatures()
	selfCheck := time.Duration(v.Int("SelfCheck")) * time.Second
	if selfCheck > 0 {
		d.infof("Self checking every %d seconds.", v.Int("SelfCheck"))
	} else {
		d.infof("Self checking disabled.")
	}
	d.bannerMemory()
	d.verbosef("Listening daemon: PID: %d", os.Getpid())
	threads := max(v.Int("MaxThreads"), 1)
	nofile := raiseNoFile()
	s := &clamd.Server{
		Scanner: d.back, Version: d.back.Version, Reload: d.back.Reload, Memory: d.back.Memory,
		CheckDatabase: d.checkDatabase, Log: d.serverLog, Event: d.virusEvent(),
		MaxThreads: threads, MaxQueue: d.maxQueue(threads, nofile),
		IdleTimeout:    seconds(v, "IdleTimeout"),
		CommandTimeout: seconds(v, "CommandReadTimeout"),
		ReadTimeout:    seconds(v, "ReadTimeout"),
		SendTimeout:    time.Duration(v.Int("SendBufTimeout")) * time.Millisecond,
		ScanTimeout:    scanTimeout(v), SelfCheck: selfCheck,
		MaxConnections:  max(nofile-threads*8-reservedFDs, 16),
		StreamMaxLength: streamMax(v),
		StreamMinPort:   v.Int("StreamMinPort"), StreamMaxPort: v.Int("StreamMaxPort"),
		TempDir: v.String("TemporaryDirectory"), KeepTemp: v.Bool("LeaveTemporaryFiles"),
		ExcludePath:        pathfilter.New(v.Strings("ExcludePath")).Match,
		MaxDirectoryDepth:  depth(v.Int("MaxDirectoryRecursion")),
		FollowFileSymlinks: v.Bool("FollowFileSymlinks"), FollowDirSymlinks: v.Bool("FollowDirectorySymlinks"),
		SameFilesystem:  !v.Bool("CrossFilesystems"),
		DisableAllMatch: !v.Bool("AllowAllMatchScan"),
		DisableShutdown: !v.Bool("EnableShutdownCommand"), DisableReload: !v.Bool("EnableReloadCommand"),
		DisableStats: !v.Bool("EnableStatsCommand"), DisableVersion: !v.Bool("EnableVersionCommand"),
		LogClean: v.Bool("LogClean"), ExtendedInfo: v.Bool("ExtendedDetectionInfo"),
		Legacy: v.Bool("EnableLegacyCommands") && !v.Bool("strict"),
	}
	return s, nil
}

// maxQueue adjusts MaxQueue as the reference does and says so.
func (d *daemon) maxQueue(threads, nofile int) int {
	n, set := d.v.Int("MaxQueue"), d.v.IsSet("MaxQueue")
	if n < threads {
		n = threads
		if set {
			d.warnf("MaxQueue value too low, increasing to: %d", n)
		}
	}
	most := nofile - d.v.Int("MaxRecursion")*threads + threads - 6
	if n < 2*threads && 2*threads < most {
		n = 2 * threads
		d.warnf("MaxQueue is lower than twice MaxThreads, increasing to: %d", n)
	}
	if most > threads && n > most {
		n = most
		if set {
			d.warnf("MaxQueue value too high, lowering to: %d", n)
		}
	}
	if most <= threads {
		d.warnf("MaxThreads * MaxRecursion is too high: %d, open file descriptor limit is: %d",
			d.v.Int("MaxRecursion")*threads, nofile)
	}
	d.verbosef("MaxQueue set to: %d", n)
	return n
}

// seconds returns a time-out; 0 means a very long one.
func seconds(v *config.Values, name string) time.Duration {
	if n := v.Int(name); n > 0 {
		return time.Duration(n) * time.Second
	}
	return 365 * 24 * time.Hour
}

// scanTimeout is the moment at which a scan that does not end by itself is
// cancelled: its own limit and half a second. Half a second later it is given up.
func scanTimeout(v *config.Values) time.Duration {
	const late = 500 * time.Millisecond
	switch ms := v.Int("MaxScanTime"); {
	case !v.IsSet("MaxScanTime"):
		return 120*time.Second + late
	case ms > 0:
		return time.Duration(ms)*time.Millisecond + late
	}
	return 0
}

// streamMax returns StreamMaxLength; negative means no limit.
func streamMax(v *config.Values) int64 {
	if n := v.Size("StreamMaxLength"); n > 0 && n != config.NoLimit {
		return n
	}
	return -1
}

// depth returns MaxDirectoryRecursion; negative means no limit.
func depth(n int) int {
	if n == 0 {
		return -1
	}
	return n
}
