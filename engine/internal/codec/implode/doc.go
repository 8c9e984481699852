// Package implode decodes ZIP method 6: a sliding dictionary of 4 or 8 KiB and
// two or three Shannon-Fano trees (APPNOTE.TXT section 5.3). The stream has no
// end mark: the caller gives the size, or reads until the input is used up.
package implode
