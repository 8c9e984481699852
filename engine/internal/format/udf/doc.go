// Package udf reads UDF volumes, revisions 1.02 to 2.60: DVDs, Blu-rays, packet
// written discs and most installation media, alone or beside an ISO 9660 tree.
// The files of the directory tree go out under their names, whatever their data
// are recorded in: short, long or embedded allocation descriptors, plain,
// virtual, sparable or metadata partitions (without the defect list of the
// third). Deleted files are handed over, too, while their entries are there.
//
// Checksums of descriptors are not verified. Each directory is read once; files
// that run past the end are given as far as they go.
//
// This is our own reader as there is none in Go. Format: ECMA-167; OSTA UDF.
package udf
