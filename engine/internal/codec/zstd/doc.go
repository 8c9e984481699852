// Package zstd is Zstandard over klauspost/compress, with the options that keep
// hostile frames cheap: one goroutine, low memory, and a window limit, so that a
// frame which declares a window of gigabytes is refused without an allocation.
package zstd
