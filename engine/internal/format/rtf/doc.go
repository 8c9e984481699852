// Package rtf takes the objects out of rich text.
//
// In: an object of type RTF. Out: one child for each embedded object (\objdata),
// unwrapped from its OLE 1 header and, for packages, from the package; one for
// each picture (\pict) and data store (\datastore). Children have no names.
//
// Rich text is read in two ways, because hiding objects from scanners is an old
// sport: as Word reads it, with control words, ignorable groups and \bin data
// understood, and as clamscan 1.4.6 does, which takes every hexadecimal digit
// for data. Where they differ both results are handed over. Objects that are cut
// off, shifted by half a byte or without a sound header are given as far as they
// go, and compound files are looked for in them.
//
// The work is linear: what is read more than once, because groups lie in each
// other, is charged to an allowance. The structures are those of the RTF
// specification 1.9.1 and of MS-OLEDS 2.2. There is no library for this.
package rtf
