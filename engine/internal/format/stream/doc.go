// Package stream unpacks single compressed streams that ClamAV has no type for:
// lzip, Zstandard, LZMA alone and Unix compress. Each gives one unnamed child.
// Since no file type stands for them, the parser recognises them itself and
// does nothing with other data.
package stream
