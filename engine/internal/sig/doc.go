// Package sig turns the text of ClamAV signature databases into typed records.
//
// In goes a database file of any kind but the containers (.cvd, .cld, .cud,
// whose members go in one by one); out come records, handed to a Sink in load
// order, and the number that clamscan adds to "Known viruses". One file per
// database kind; what a pattern or a logical expression means is in pattern.go,
// offset.go and logic.go. Nothing here looks at scanned data.
//
// A Loader keeps what later files depend on: ignore lists, rule names, the one
// startup program. What ClamAV leaves out silently is left out; what it refuses
// ends the load with a *LineError, whose chain has ClamAV's messages word for
// word. Both, and the order of the checks, were observed with clamscan 1.4.6:
// testdata/clamscan.jsonl holds the lines that were tried.
//
//	l := sig.NewLoader(sig.Options{}, sink)
//	n, err := l.Load("local.ndb", r, sig.Source{Path: "/var/lib/clamav/local.ndb"})
//
// Records are only valid during the call that hands them over. Their strings
// are parts of blocks of text: a Sink clones what it keeps, or it keeps all.
//
// Limits: lines as long as ClamAV's buffers (8 KiB, 32 KiB for logical
// signatures), 64 subsignatures, 64 MiB for files that are read as a whole,
// and named caps on every nesting.
package sig
