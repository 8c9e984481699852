// Package tree walks what a client names for scanning: a file, or a directory and
// everything below it, with ClamAV's rules for symbolic links, excluded paths,
// other file systems, special files and depth. The daemon walks for SCAN and its
// relatives, the command-line client for descriptors and streams.
//
// In goes a path as the user gave it, out come events with opened files. Files are
// opened without following links and without blocking, and must be the object that
// was looked at before; directories are opened relative to their parents, so that
// neither a path swapped during the walk nor a path longer than the system's limit
// leads elsewhere. The walk keeps one open directory a level and no recursion.
package tree
