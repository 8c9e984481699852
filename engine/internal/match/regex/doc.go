// Package regex matches Perl-compatible regular expressions over bytes, as
// ClamAV's logical signatures use them, and POSIX extended ones, as container
// signatures and exclude lists do.
//
// In goes a pattern and ClamAV's flag letters, out comes a Program that finds
// the match PCRE2 would find: leftmost, then by order of alternatives and greed.
//
//	p, err := regex.Compile([]byte(`cmd\.exe\s+/c`), regex.Caseless)
//	start, end, ok, err := p.Find(data, 0, regex.RunOptions{})
//
// Expressions without look-around, back references, atomic groups and the like
// (nine in ten of the official ones) run on an automaton in time linear in the
// data. The rest run on a backtracking machine with an explicit stack and three
// bounds: choices from one start (PCREMatchLimit), open choices
// (PCRERecMatchLimit) and total work; reaching one means "no match", as in
// ClamAV.
//
// It is ours because no Go engine works on bytes with these semantics: the
// standard library has no look-around or back references, and regexp2 matches
// runes, whose classes and case folding differ from bytes above 7Fh.
package regex
