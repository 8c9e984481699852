// Package macho reads the layout of Mach-O files, thin (both word sizes, both
// byte orders) and universal: entry point as a file offset, sections, and the
// list of slices of a universal binary.
//
// In goes a View, out come exe.Facts; damage sets Broken, with the conditions
// under which ClamAV calls a Mach-O broken. ErrNotMachO tells that the file has
// another magic. Other errors are I/O errors of the View.
//
// Numbers of load commands, sections and slices are capped; nothing is allocated
// from a number in the file. It is ours because debug/macho refuses files that
// ClamAV reads, and because only a tenth of it is needed.
package macho
