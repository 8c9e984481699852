package heuristic

import "encoding/binary"

const mydoomLog = "Heuristics.Worm.Mydoom.M.log"

const mydoomRecord = 32 // bytes

// Mydoom recognises the log that the worm Mydoom.M leaves behind: records of
// eight big-endian words, the first of which is the inverted key of the others.
// The first two records decide.
func Mydoom(b []byte) string {
	if len(b) < 2*mydoomRecord || !mydoomValid(b) || !mydoomValid(b[mydoomRecord:]) {
		return ""
	}
	return mydoomLog
}

// mydoomValid tells whether the decrypted words of a record add up to its first.
func mydoomValid(b []byte) bool {
	check := binary.BigEndian.Uint32(b)
	key := ^check
	if key == 0 { // not encrypted: padding of 0xff bytes
		return false
	}
	var sum uint32
	for i := 4; i < mydoomRecord; i += 4 {
		sum += binary.BigEndian.Uint32(b[i:]) ^ key
	}
	return sum == check
}
