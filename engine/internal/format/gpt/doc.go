// Package gpt reads GUID partition tables with sectors of 512 to 4096 bytes. The
// partitions go out, each once, clipped to the disk, under the names that the
// table gives them. Primary and backup table are both read where they differ;
// where no header has the right checksum, the primary is taken as it is.
//
// Format: UEFI specification, chapter 5.
package gpt
