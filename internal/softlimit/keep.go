package softlimit

import "runtime/debug"

// Least and most memory that Keep asks the collector for, in bytes.
const (
	least = 16 << 20
	none  = 1 << 62 // limits beyond it are no limits
)

// softAS and softData are the soft limits at the program's start in bytes, written by
// entry before the runtime exists; 0 if entry has not run.
var softAS, softData uint64

// Keep makes the collector hold the soft limits that were raised. It does nothing if
// none were. Call it once at the beginning of main.
func Keep() {
	if limit, ok := kept(softAS, softData); ok {
		debug.SetMemoryLimit(limit)
	}
}

// kept returns the memory limit that follows from soft limits.
func kept(as, data uint64) (int64, bool) {
	limit := uint64(none)
	for _, l := range []uint64{as, data} {
		if l != 0 {
			limit = min(limit, l)
		}
	}
	if limit >= none {
		return 0, false
	}
	return int64(max(limit/10*9, least)), true
}
