// Package wide turns text in two- and four-byte Unicode encodings into ASCII,
// the way file typing and HTML normalisation need it.
//
// In goes a whole object or its first bytes, out comes one byte per character
// or nothing when the text is not wide. Output is never longer than half the
// input. The standard library's utf16 package makes runes; signatures need
// ClamAV's narrower view, in which characters over 255 lose their high half.
package wide
