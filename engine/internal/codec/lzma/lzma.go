package lzma

import (
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

// PropsSize is the length of the properties of a raw LZMA stream: the lc/lp/pb
// byte and the dictionary size.
const PropsSize = 5

// UnknownSize says that the output ends with the end mark.
const UnknownSize = -1

// stream is one raw LZMA stream.
type stream struct {
	decoder
	started bool
}

// NewReader returns the output of the raw LZMA stream in r. props are its five
// property bytes, size is the output's length or UnknownSize. Where the size is
// known an end mark before it also ends the output.
func NewReader(r io.Reader, props []byte, size int64, mem codec.Memory) (*window.Reader, error) {
	return newReader(&source{r: r, left: -1}, props, size, mem)
}

func newReader(src *source, props []byte, size int64, mem codec.Memory) (*window.Reader, error) {
	s := &stream{}
	if len(props) < PropsSize || !s.props(props[0], maxLCLP) {
		return nil, codec.ErrCorrupt
	}
	s.rc.source = src
	s.left = max(size, UnknownSize)
	s.eosAllowed = true
	dict := int64(binary.LittleEndian.Uint32(props[1:]))
	if size >= 0 {
		dict = min(dict, size)
	}
	return window.NewReader(s, window.New(dict, window.NoFill, mem)), nil
}

// Step implements window.Stepper.
func (s *stream) Step(w *window.Window) error {
	if !s.started {
		s.started = true
		ok := s.rc.init()
		if s.rc.err != nil {
			return s.rc.err
		}
		if !ok {
			return codec.ErrCorrupt
		}
		s.reset()
	}
	if s.left == 0 {
		return io.EOF
	}
	return s.run(w)
}

// headerSize is that of a .lzma file: properties and output size.
const headerSize = PropsSize + 8

// NewAloneReader decodes a .lzma file.
func NewAloneReader(r io.Reader, mem codec.Memory) (*window.Reader, error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	size := int64(binary.LittleEndian.Uint64(h[PropsSize:]))
	if size < 0 {
		size = UnknownSize
	}
	return NewReader(r, h[:PropsSize], size, mem)
}
