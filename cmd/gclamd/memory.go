package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// Sizes of the arithmetic about memory, in bytes. Source: measured, Go 1.26, amd64.
const (
	mib = 1 << 20
	// runtimeReserve is address space that the runtime takes before it begins.
	runtimeReserve = 704 * mib
	// leastHeap is what the daemon needs to serve at all.
	leastHeap = 48 * mib
	// scanShare is what one scan may need when memory is plentiful, leastScan when
	// it is not.
	scanShare = 256 * mib
	leastScan = 16 * mib
)

// memoryLimit is a limit that was put on the process.
type memoryLimit struct {
	source string // "RLIMIT_AS"
	bytes  int64
	usable int64 // of it for heap and databases
}

// memoryPlan is what follows from the limits; nil means that there are none.
type memoryPlan struct {
	limit   memoryLimit
	heap    int64 // limit of the collector
	perScan int64
}

// plan does the arithmetic: of the smallest limit 85 % are for the heap, and the
// scans share what databases of the given size leave.
func plan(limits []memoryLimit, databases int64, threads int) (*memoryPlan, error) {
	var tight *memoryLimit
	for i := range limits {
		if tight == nil || limits[i].usable < tight.usable {
			tight = &limits[i]
		}
	}
	if tight == nil {
		return nil, nil
	}
	need := databases + leastHeap
	if tight.usable < need {
		return nil, fmt.Errorf("%s of %d MiB is too small for these databases: at least softlimit -m %d or softlimit -d %d is needed",
			tight.source, tight.bytes/mib, runtimeReserve+need, need)
	}
	p := &memoryPlan{limit: *tight, heap: tight.usable / 100 * 85}
	p.perScan = min(max((p.heap-databases)/int64(max(threads, 1)), leastScan), scanShare)
	return p, nil
}

// checkMemory looks at the limits before anything large is done. Without room for
// the databases the start ends at once, with the numbers that would do.
func (d *daemon) checkMemory() bool {
	p, err := plan(memoryLimits(), databaseSize(d.v.String("DatabaseDirectory")), d.v.Int("MaxThreads"))
	if err != nil {
		d.errorf("%v", err)
		return false
	}
	d.memory = p
	if p != nil && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(p.heap)
	}
	return true
}

// bannerMemory tells the arithmetic, if there was any.
func (d *daemon) bannerMemory() {
	if p := d.memory; p != nil {
		d.infof("Memory: %s of %d MiB, %d MiB for the heap, %d scans of at most %d MiB",
			p.limit.source, p.limit.bytes/mib, p.heap/mib, d.v.Int("MaxThreads"), p.perScan/mib)
	}
}

// databaseSize is what the files in dir occupy; the loaded form is about as large.
func databaseSize(dir string) int64 {
	var n int64
	for _, f := range look(dir) {
		n += f.size
	}
	return n
}

// cgroupLimit returns the memory limit of the process's control group and those
// above it; root is where the file system is mounted.
func cgroupLimit(root string, self []byte) (memoryLimit, bool) {
	least := int64(math.MaxInt64)
	for line := range strings.Lines(string(self)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/")
		if !ok {
			continue
		}
		for dir := filepath.Join(root, path); strings.HasPrefix(dir, root); dir = filepath.Dir(dir) {
			for _, name := range []string{"memory.max", "memory.high"} {
				b, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					continue
				}
				if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil {
					least = min(least, n)
				}
			}
		}
	}
	return memoryLimit{"control group", least, least}, least != math.MaxInt64
}
