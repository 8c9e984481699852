// Package pe reads the layout of PE32 and PE32+ executables the way ClamAV sees
// it: rounded section table, entry point as a file offset, import string, places
// of the version-information strings.
//
// In goes a View, out come exe.Facts. A damaged file gives Facts with Broken
// set, never an error; ErrNotPE tells that the file has no PE header at all.
// Other errors are I/O errors of the View.
//
// Every table is capped (sections, DLLs, functions, resource entries), nothing
// is allocated from a number in the file, and the resource tree is walked with
// a step limit, since 65,535 entries pointing at each other fit in a megabyte.
//
// It is ours because debug/pe refuses a fifth of the files ClamAV accepts and
// knows none of the rounding that signatures depend on.
package pe
