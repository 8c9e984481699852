package clamd

import (
	"os"
	"strconv"
	"strings"
)

// descriptorPath returns the path of an open file for reports. A file that was
// removed has none.
func descriptorPath(fd int) (string, bool) {
	p, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil || !strings.HasPrefix(p, "/") || strings.HasSuffix(p, " (deleted)") {
		return "", false
	}
	return p, true
}
