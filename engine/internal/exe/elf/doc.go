// Package elf reads the layout of ELF files of 32 and 64 bits and of both byte
// orders: the entry point as a file offset and the section table.
//
// In goes a View, out come exe.Facts; damage sets Broken, with the conditions
// under which ClamAV calls an ELF broken. ErrNotELF tells that the file is not
// an ELF or too short for its header. Other errors are I/O errors of the View.
//
// Numbers of headers are capped; nothing is allocated from a number in the file.
// It is ours because debug/elf is strict where ClamAV is not, and because only
// a tenth of it is needed.
package elf
