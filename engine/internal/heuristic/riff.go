package heuristic

import "encoding/binary"

// animatedCursor is the alert for an animated cursor whose header chunk has
// another size than the 36 bytes of the format: Microsoft bulletin MS05-002.
const animatedCursor = "Heuristics.Exploit.W32.MS05-002"

const (
	anihSize = 36
	// maxLists is how many LIST chunks are entered (observed: clamscan 1.4.6).
	maxLists = 999
)

// RIFF looks for the animated cursor exploit in a RIFF or RIFX file. List chunks
// are entered, and what follows one is read as if it were part of it.
func RIFF(b []byte, on Continue) string {
	const header = 12
	if len(b) < header || string(b[8:12]) != "ACON" {
		return ""
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if b[3] == 'X' {
		order = binary.BigEndian
	}
	lists := 0
	b = b[header:]
	for p := (pace{ask: on}); len(b) >= 8 && p.on(); {
		id, size := string(b[:4]), int64(order.Uint32(b[4:]))
		step := 8 + size + size&1
		switch id {
		case "anih":
			if size != anihSize {
				return animatedCursor
			}
		case "LIST":
			if lists++; lists > maxLists {
				return ""
			}
			step = 12 // its type
		}
		if step > int64(len(b)) {
			return ""
		}
		b = b[step:]
	}
	return ""
}
