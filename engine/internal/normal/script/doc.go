// Package script makes the canonical form of JavaScript (and of whatever else a
// page calls a script) that signatures of targets 3 and 7 are matched with.
//
// In goes the text of one script element, out comes a token stream without
// comments and white space: strings decoded and joined, declared names replaced
// by n000, n001, ..., everything in lower case, unescape and eval of literals
// carried out. The text need not be valid; nothing is ever run.
//
// The form is ClamAV's byte for byte, slips included (observed: sigtool 1.4.6);
// that rules out a real JavaScript parser. The script is read two or three
// times instead of being kept as tokens, so memory is bounded by the output,
// the caps in this package, and the code given to eval.
package script
