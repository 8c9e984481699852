// Package mbr reads DOS partition tables: the boot sector and the partitions go
// out, those of extended partitions included. Entries that lie partly outside of
// the disk are clipped, entries whose status byte is not one are skipped. The
// chain of extended tables ends at a sector that was seen before.
//
// Tables that only protect a GPT are left to package gpt.
package mbr
