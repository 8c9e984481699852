// Package quarantine moves, copies or removes infected files safely (--move, --copy,
// --remove).
//
// In go the descriptor that was scanned, what it looked like then, and its path; the
// file is acted on only if the directory entry still is that very file. Every
// component of the path is opened without following links, the destination directory
// is held open from the start, nothing is ever overwritten, and a file that changed
// or was swapped since the scan is left alone. In the past, links swapped in during a
// scan made scanners remove other people's files.
//
// Messages are ClamAV's. On systems without openat the same checks are made by path,
// which leaves a small window.
package quarantine
