// Package sis takes Symbian installation files apart, of both generations: up to
// release 8 a table of files, stored or zlib, for each language; from release 9
// on a tree of fields. The files go out, in the first case under their names.
//
// Files that run past the end are given as far as they go, damaged streams as
// far as they inflate.
//
// Format: EPOC installation files as described by A. Kallender et al.; Symbian OS
// v9 SIS file format specification, version 1.1.
package sis
