package engine

import (
	"time"
)

// Verdict is the decision about a scanned object.
type Verdict uint8

// The verdicts.
const (
	Clean    Verdict = iota // nothing found in what was looked at; see Result.Limits and Result.Facts
	Infected                // at least one match
)

// String returns "clean" or "infected".
func (v Verdict) String() string {
	if v == Infected {
		return "infected"
	}
	return "clean"
}

// Result is the outcome of one scan. It owns its memory.
type Result struct {
	Verdict Verdict
	Matches []Match    // in order of discovery; one unless AllMatches
	Type    string     // "CL_TYPE_ZIP" …, of the outermost object
	Scanned int64      // bytes matched, all objects
	Objects int        // objects visited
	Limits  []LimitHit // limits reached and where
	Facts   []Fact     // encrypted, truncated, panics …
}

// Infected tells whether something was found.
func (r Result) Infected() bool { return r.Verdict == Infected }

// Alert returns the name of the deciding match, "" if clean.
func (r Result) Alert() string {
	if len(r.Matches) == 0 {
		return ""
	}
	return r.Matches[0].Name
}

// Complete tells whether every object was looked at in full: no limit was
// reached and nothing was encrypted, damaged or unsupported.
func (r Result) Complete() bool { return len(r.Limits) == 0 && len(r.Facts) == 0 }

// Match is one signature that fired.
type Match struct {
	Name     string   // as printed: "Win.Trojan.Agent-123", ".UNOFFICIAL" suffix included
	Database string   // "main.cvd"; "" for heuristics
	Path     []string // object path, outermost first: {"mail.eml", "invoice.zip", "a.exe"}
	Offset   int64    // bytes into the innermost object, -1 if not applicable
	MD5      string   // hex MD5 of the object that matched (ExtendedDetectionInfo)
	Size     int64    // bytes of the object that matched
}

// LimitHit tells which limit was reached and at which object.
type LimitHit struct {
	Name string   // "MaxFileSize", "MaxScanTime" …
	Path []string // object path, outermost first
}

// Fact is something the scan could not or should not pass over in silence:
// an encrypted member, a truncated stream, a contained panic.
type Fact struct {
	What   string   // "encrypted", "truncated", "panic" …
	Path   []string // object path, outermost first
	Offset int64    // bytes into the object, -1 if not applicable
	Detail string   // free text, may be empty
}

// ObjectEvent describes an object that is being entered or left.
type ObjectEvent struct {
	Path  []string // object path, outermost first
	Type  string   // "CL_TYPE_ZIP" …
	Size  int64    // bytes
	Depth int      // 0 for the scanned object itself
}

// Observer is told about each object, for logs, metrics and tests. Methods are
// called from the scanning goroutine and must return quickly. Embed NopObserver
// to implement few.
type Observer interface {
	Enter(obj ObjectEvent)
	Leave(obj ObjectEvent, d time.Duration)
	Match(obj ObjectEvent, m Match)
	Limit(hit LimitHit)
	Panic(obj ObjectEvent, value any, stack []byte)
}

// NopObserver implements Observer by doing nothing.
type NopObserver struct{}

// Enter does nothing.
func (NopObserver) Enter(ObjectEvent) {}

// Leave does nothing.
func (NopObserver) Leave(ObjectEvent, time.Duration) {}

// Match does nothing.
func (NopObserver) Match(ObjectEvent, Match) {}

// Limit does nothing.
func (NopObserver) Limit(LimitHit) {}

// Panic does nothing.
func (NopObserver) Panic(ObjectEvent, any, []byte) {}
