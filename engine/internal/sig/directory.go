package sig

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// containers are the extensions that the container package reads.
var containers = [...]string{"cvd", "cld", "cud"}

// IsContainer tells whether a file of that name is a database container.
func IsContainer(name string) bool {
	if !strings.Contains(name, ".") {
		return false
	}
	ext := extension(name)
	for _, c := range containers {
		if c == ext {
			return true
		}
	}
	return false
}

// Known tells whether a file of that name is a database: the extension counts,
// in any case.
func Known(name string) bool {
	if IsContainer(name) {
		return true
	}
	_, ok := kindOf(name)
	return ok
}

// inDirectory tells whether a directory entry of that name is loaded. A .info
// only counts inside of a container.
func inDirectory(name string) bool {
	return Known(name) && extension(name) != "info"
}

// class is the rank of a file in the loading order of a directory: ignore lists
// first, then the parts of the daily database that others depend on. Except for
// the extensions, names are compared exactly (signatures.md 1.3).
func class(name string) int {
	switch {
	case extension(name) == "ign" || extension(name) == "ign2":
		return 1
	case name == "daily.cld":
		return 2
	case name == "daily.cvd":
		return 3
	case name == "local.gdb":
		return 4
	case name == "daily.cfg":
		return 5
	case extension(name) == "crb":
		return 6
	}
	return 7
}

// ErrNoDatabase is returned for a directory without any database file.
type ErrNoDatabase struct{ Dir string }

// Error implements error, in ClamAV's words.
func (e *ErrNoDatabase) Error() string {
	return "cli_loaddbdir: No supported database files found in " + e.Dir
}

// ListDirectory returns the names of the database files in a directory, in
// loading order. official leaves out, among the ordinary ones, what is not a
// container. ClamAV keeps the directory's own order inside of a class; this is
// the order of names, so that a load is reproducible.
//
// When both daily.cld and daily.cvd are there, newer decides which one is
// loaded: it is asked whether daily.cvd is of a higher version than daily.cld.
// With nil both are listed. No database at all is a *ErrNoDatabase.
func ListDirectory(fsys fs.FS, dir string, official bool, newer func(cvd, cld string) bool) ([]string, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("sig: list databases: %w", err)
	}
	var names []string
	has := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !inDirectory(name) || official && class(name) >= 6 && !isSigned(name) {
			continue
		}
		names = append(names, name)
		has[name] = true
	}
	if has["daily.cld"] && has["daily.cvd"] && newer != nil {
		drop := "daily.cvd"
		if newer("daily.cvd", "daily.cld") {
			drop = "daily.cld"
		}
		names = without(names, drop)
	}
	if len(names) == 0 {
		return nil, &ErrNoDatabase{Dir: dir}
	}
	sort.SliceStable(names, func(i, j int) bool { return class(names[i]) < class(names[j]) })
	return names, nil
}

// isSigned tells whether a file can carry a signature that is verified.
func isSigned(name string) bool {
	return extension(name) == "cvd" || extension(name) == "cld"
}

func without(names []string, drop string) []string {
	out := names[:0]
	for _, n := range names {
		if n != drop {
			out = append(out, n)
		}
	}
	return out
}
