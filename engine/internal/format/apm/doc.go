// Package apm reads Apple partition maps. The partitions go out under their
// names, except for the map itself and free space. Maps are looked for in units
// of 512 bytes and of the block size that the driver descriptor gives, because
// hybrid discs have both.
//
// Format: Inside Macintosh: Devices, chapter 3.
package apm
