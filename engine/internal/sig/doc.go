// Package sig turns the text of ClamAV signature databases into typed records.
//
// One file per database kind; Loader reads whole files, keeps ignore lists and
// counters, and hands accepted records to a Sink. What a pattern or a logical
// expression means is in pattern.go, offset.go and logic.go; nothing here looks
// at scanned data.
//
// Records are only valid during the call that hands them over: a Sink copies
// what it keeps.
package sig
