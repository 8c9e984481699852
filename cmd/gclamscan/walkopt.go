package main

import (
	"os"

	"gclam/internal/config"
	"gclam/internal/pathfilter"
)

// Values of --follow-dir-symlinks and --follow-file-symlinks.
const (
	followNever  = 0
	followDirect = 1 // only links given as arguments
	followAlways = 2
)

// walkOptions say what is visited.
type walkOptions struct {
	recursive                  bool
	maxDepth                   int // directories deep; the argument itself is 1
	crossFS                    bool
	followFiles, followDirs    int
	exclude, include           pathfilter.List // files, by real path
	excludeDir, includeDir     pathfilter.List // directories, by path as walked
	needReal                   bool            // real paths matter
	procDevice                 uint64          // device of /proc; 0 if unknown
	infectedOnly, suppressOK   bool
	verbose, logHash, logTypes bool
}

func newWalkOptions(v *config.Values) walkOptions {
	o := walkOptions{
		recursive:    v.Bool("recursive"),
		maxDepth:     v.Int("MaxDirectoryRecursion"),
		crossFS:      v.Bool("CrossFilesystems"),
		followFiles:  v.Int("follow-file-symlinks"),
		followDirs:   v.Int("follow-dir-symlinks"),
		exclude:      pathfilter.New(v.Strings("exclude")),
		include:      pathfilter.New(v.Strings("include")),
		excludeDir:   pathfilter.New(v.Strings("exclude-dir")),
		includeDir:   pathfilter.New(v.Strings("include-dir")),
		procDevice:   procDevice(),
		infectedOnly: v.Bool("infected"),
		suppressOK:   v.Bool("suppress-ok-results"),
		verbose:      v.Bool("verbose"),
		logHash:      v.Bool("log-hash"),
		logTypes:     v.Bool("log-file-type"),
	}
	o.needReal = !o.exclude.Empty() || !o.include.Empty()
	return o
}

// fileExcluded applies --exclude and --include; exclude wins.
func (o *walkOptions) fileExcluded(real string) bool {
	return o.exclude.Match(real) || !o.include.Empty() && !o.include.Match(real)
}

// dirExcluded applies --exclude-dir and --include-dir.
func (o *walkOptions) dirExcluded(path string) bool {
	return o.excludeDir.Match(path) || !o.includeDir.Empty() && !o.includeDir.Match(path)
}

// otherDevice tells whether b lies on another device than a.
func otherDevice(a, b os.FileInfo) bool {
	da, ok := device(a)
	db, ok2 := device(b)
	return ok && ok2 && da != db
}
