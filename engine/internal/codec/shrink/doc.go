// Package shrink decodes ZIP method 1: LZW with codes of 9 to 13 bits and
// partial clearing (APPNOTE.TXT section 5.1). Memory is fixed.
package shrink
