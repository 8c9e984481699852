package clamd

import "os"

// configFiles are the places of the configuration, the best first: today's name of
// the Debian packages, then those of a build from source, then the name that was
// used before ClamAV 0.80.
var configFiles = [...]string{
	"/etc/clamav/clamd.conf",
	"/etc/clamd.conf",
	"/usr/local/etc/clamd.conf",
	"/etc/clamav/clamav.conf",
	"/etc/clamav.conf",
	"/usr/local/etc/clamav.conf",
}

// FindConfig returns the configuration file that servers and clients use when none
// was named: the first one that exists, or the default name if none does.
func FindConfig() string { return findConfig(configFiles[:]) }

func findConfig(paths []string) string {
	for _, p := range paths {
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() {
			return p
		}
	}
	return paths[0]
}
