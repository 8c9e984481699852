// Package bytesx holds the checked slicing and integer reads that every parser
// of untrusted bytes uses instead of raw indexing.
//
// All functions report failure by a boolean, never by a panic, and take int64
// offsets so that arithmetic on file fields cannot wrap on 32-bit platforms.
package bytesx

import "encoding/binary"

// Slice returns b[off:off+n] when the whole range lies inside b.
func Slice(b []byte, off, n int64) ([]byte, bool) {
	if off < 0 || n < 0 || off > int64(len(b)) || n > int64(len(b))-off {
		return nil, false
	}
	return b[off : off+n : off+n], true
}

// Tail returns b[off:], or false when off lies outside b.
func Tail(b []byte, off int64) ([]byte, bool) {
	if off < 0 || off > int64(len(b)) {
		return nil, false
	}
	return b[off:], true
}

// Clip returns the part of b[off:off+n] that exists; it may be empty.
func Clip(b []byte, off, n int64) []byte {
	if off < 0 || n <= 0 || off >= int64(len(b)) {
		return nil
	}
	if n > int64(len(b))-off {
		n = int64(len(b)) - off
	}
	return b[off : off+n : off+n]
}

// U8 reads one byte at off.
func U8(b []byte, off int64) (uint8, bool) {
	s, ok := Slice(b, off, 1)
	if !ok {
		return 0, false
	}
	return s[0], true
}

// U16LE reads a little-endian 16-bit integer at off.
func U16LE(b []byte, off int64) (uint16, bool) {
	s, ok := Slice(b, off, 2)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint16(s), true
}

// U32LE reads a little-endian 32-bit integer at off.
func U32LE(b []byte, off int64) (uint32, bool) {
	s, ok := Slice(b, off, 4)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint32(s), true
}

// U64LE reads a little-endian 64-bit integer at off.
func U64LE(b []byte, off int64) (uint64, bool) {
	s, ok := Slice(b, off, 8)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint64(s), true
}

// U16BE reads a big-endian 16-bit integer at off.
func U16BE(b []byte, off int64) (uint16, bool) {
	s, ok := Slice(b, off, 2)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint16(s), true
}

// U32BE reads a big-endian 32-bit integer at off.
func U32BE(b []byte, off int64) (uint32, bool) {
	s, ok := Slice(b, off, 4)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint32(s), true
}

// U64BE reads a big-endian 64-bit integer at off.
func U64BE(b []byte, off int64) (uint64, bool) {
	s, ok := Slice(b, off, 8)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint64(s), true
}
