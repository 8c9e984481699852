// Package nsis takes installers made with NSIS apart. What goes in begins at the
// first header, which is four bytes before the mark of the format; what comes
// out is the compiled script, as generic data, and then the members in the order
// of the archive, unnamed: names are in the script, which is not interpreted.
//
// All ways of packing are read: stored, deflate, bzip2 and LZMA (with and without
// the x86 filter), each member for itself or all of them as one stream. Damaged
// members are given as far as they go; where members are packed one by one, the
// others do not suffer.
//
// Format: as known from installers; there is no specification.
package nsis
