// Package limit holds the budget of one top-level scan: bytes, objects, depth,
// wall time and decoder memory. It is the only source of stop signals.
//
// A Budget is charged before work is done and shared by all objects below the
// scanned file. What each limit counts follows ClamAV: see Budget.Admit.
package limit

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrStop is returned by every function that must end because a limit was
// reached or the scan was cancelled. Unpackers pass it on unchanged.
var ErrStop = errors.New("limit: stop")

// Kind names a limit.
type Kind uint8

// The limits, in the order in which ClamAV tests them.
const (
	None      Kind = iota
	Time           // MaxScanTime
	ScanSize       // MaxScanSize
	FileSize       // MaxFileSize
	Files          // MaxFiles
	Recursion      // MaxRecursion
	Memory         // decoder working memory (our own addition)

	// Mail header limits (see the email alerts of ClamAV).
	EmailLineFoldCnt
	EmailHeaderBytes
	EmailHeaders
	EmailMIMEPartsPerMessage
	EmailMIMEArguments
	Partitions // MaxPartitions
)

var kindNames = [...]string{
	None: "", Time: "MaxScanTime", ScanSize: "MaxScanSize", FileSize: "MaxFileSize",
	Files: "MaxFiles", Recursion: "MaxRecursion", Memory: "MaxMemory",
	EmailLineFoldCnt: "EmailLineFoldCnt", EmailHeaderBytes: "EmailHeaderBytes",
	EmailHeaders: "EmailHeaders", EmailMIMEPartsPerMessage: "EmailMIMEPartsPerMessage",
	EmailMIMEArguments: "EmailMIMEArguments", Partitions: "MaxPartitions",
}

// String returns the name as used in Heuristics.Limits.Exceeded.<name>.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Unknown"
}

// Limits bounds one scan. Zero or negative means "no limit"; defaults are
// filled in by the caller. Sizes are bytes.
type Limits struct {
	ScanSize  int64
	FileSize  int64
	Depth     int
	Files     int
	Time      time.Duration
	Memory    int64
	EmbedPE   int64 // MaxEmbeddedPE
	HTML      int64 // MaxHTMLNormalize
	HTMLTags  int64 // MaxHTMLNoTags
	Script    int64 // MaxScriptNormalize
	ZipType   int64 // MaxZipTypeRcg
	Parts     int   // MaxPartitions
	IconsPE   int   // MaxIconsPE
	RecHWP3   int   // MaxRecHWP3
	PCRESteps int   // PCREMatchLimit
	PCREDepth int   // PCRERecMatchLimit
	PCRESize  int64 // PCREMaxFileSize
}

// Budget is the account of one scan. It is safe for concurrent use.
type Budget struct {
	lim      Limits
	deadline time.Time
	onHit    func(Kind)

	mu       sync.Mutex
	consumed int64
	files    int
	memory   int64
	hits     map[Kind]bool
	stopped  bool
}

// New starts the account of a scan; its time runs from now. onHit, if not nil,
// is called once for each kind of limit reached.
func New(l Limits, onHit func(Kind)) *Budget {
	b := &Budget{lim: l, onHit: onHit, hits: map[Kind]bool{}}
	if l.Time > 0 {
		b.deadline = time.Now().Add(l.Time)
	}
	return b
}

// Limits returns the limits the budget was made with.
func (b *Budget) Limits() Limits { return b.lim }

// Hit records that a limit was reached.
func (b *Budget) Hit(k Kind) {
	b.mu.Lock()
	first := !b.hits[k]
	b.hits[k] = true
	if k == Time {
		b.stopped = true
	}
	b.mu.Unlock()
	if first && b.onHit != nil {
		b.onHit(k)
	}
}

// Check returns ErrStop when the scan's time is over or ctx has ended. Loops
// over input call it at least once per 64 KiB of input or output.
func (b *Budget) Check(ctx context.Context) error {
	if ctx.Err() != nil {
		return ErrStop
	}
	b.mu.Lock()
	stopped := b.stopped
	b.mu.Unlock()
	if stopped {
		return ErrStop
	}
	if !b.deadline.IsZero() && time.Now().After(b.deadline) {
		b.Hit(Time)
		return ErrStop
	}
	return nil
}

// Allowed tells whether one more object of size bytes may be scanned, without
// charging it. The order of the tests is ClamAV's: time, MaxScanSize,
// MaxFileSize, MaxFiles. Size 0 tests time and files only.
func (b *Budget) Allowed(ctx context.Context, size int64) Kind {
	if b.Check(ctx) != nil {
		return Time
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case size > 0 && b.lim.ScanSize > 0 && size > b.lim.ScanSize-b.consumed:
		return ScanSize
	case size > 0 && b.lim.FileSize > 0 && size > b.lim.FileSize:
		return FileSize
	case b.lim.Files > 0 && b.files >= b.lim.Files:
		return Files
	}
	return None
}

// Admit is Allowed and, when the object may be scanned, charges one file and
// its size. Reaching a limit is recorded.
func (b *Budget) Admit(ctx context.Context, size int64) Kind {
	if k := b.Allowed(ctx, size); k != None {
		b.Hit(k)
		return k
	}
	b.mu.Lock()
	b.files++
	b.consumed += size
	b.mu.Unlock()
	return None
}

// Remaining returns how many bytes of one more object may be produced: the
// smaller of MaxFileSize and what is left of MaxScanSize; -1 for no limit.
func (b *Budget) Remaining() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := int64(-1)
	if b.lim.FileSize > 0 {
		r = b.lim.FileSize
	}
	if b.lim.ScanSize > 0 {
		if left := max(b.lim.ScanSize-b.consumed, 0); r < 0 || left < r {
			r = left
		}
	}
	return r
}

// Grant charges n bytes of decoder working memory (dictionaries, tables) and
// tells whether they may be allocated. Release gives them back.
func (b *Budget) Grant(n int64) bool {
	b.mu.Lock()
	ok := n >= 0 && (b.lim.Memory <= 0 || n <= b.lim.Memory-b.memory)
	if ok {
		b.memory += n
	}
	b.mu.Unlock()
	if !ok {
		b.Hit(Memory)
	}
	return ok
}

// Release returns memory charged by Grant.
func (b *Budget) Release(n int64) {
	b.mu.Lock()
	b.memory -= n
	b.mu.Unlock()
}

// Scanned returns the objects and bytes charged so far.
func (b *Budget) Scanned() (files int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.files, b.consumed
}
