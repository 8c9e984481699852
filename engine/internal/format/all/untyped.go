package all

import (
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/stream"
)

// Untyped returns the parser for data that begin with head and for which no file
// type exists, nil if there is none.
func Untyped(head []byte) format.Unpacker {
	if stream.Recognised(head) {
		return format.Func(stream.Unpack)
	}
	return nil
}

// UntypedHead is how many bytes Untyped looks at.
const UntypedHead = stream.HeaderSize
