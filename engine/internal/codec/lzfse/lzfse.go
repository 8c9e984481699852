package lzfse

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

// The kinds of blocks.
const (
	magicEnd    = "bvx$"
	magicRaw    = "bvx-"
	magicLZVN   = "bvxn"
	magicFSE    = "bvx2"
	magicSize   = 4
	maxDistance = 1 << 18
)

// NewReader returns the decoded content of an LZFSE stream.
func NewReader(r io.Reader, mem codec.Memory) *window.Reader {
	return window.NewReader(&stream{src: bufio.NewReader(r)}, window.New(maxDistance, window.NoFill, mem))
}

// stream decodes block after block.
type stream struct {
	src  *bufio.Reader
	raw  int64 // bytes left of a stored block
	lzvn *lzvn
	left *io.LimitedReader // what lzvn reads
	fse  *block
}

// Step implements window.Stepper.
func (s *stream) Step(w *window.Window) error {
	for w.Room() > 0 {
		var err error
		switch {
		case s.raw > 0:
			var c byte
			if c, err = s.src.ReadByte(); err == nil {
				w.Literal(c)
				s.raw--
			}
			err = eof(err)
		case s.lzvn != nil:
			if err = s.lzvn.Step(w); errors.Is(err, io.EOF) {
				s.lzvn = nil
				_, err = io.Copy(io.Discard, s.left)
			}
		case s.fse != nil:
			if err = s.fse.step(w); errors.Is(err, io.EOF) {
				s.fse, err = nil, nil
			}
		default:
			err = s.header()
		}
		if err != nil {
			return err
		}
	}
	return w.Err()
}

// header reads the start of the next block; io.EOF at the end.
func (s *stream) header() error {
	var h [magicSize + 4]byte
	if _, err := io.ReadFull(s.src, h[:magicSize]); err != nil {
		return io.ErrUnexpectedEOF
	}
	magic := string(h[:magicSize])
	if magic == magicEnd {
		return io.EOF
	}
	if _, err := io.ReadFull(s.src, h[magicSize:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	size := int64(binary.LittleEndian.Uint32(h[magicSize:]))
	switch magic {
	case magicRaw:
		s.raw = size
		return nil
	case magicLZVN:
		if _, err := io.ReadFull(s.src, h[:4]); err != nil {
			return io.ErrUnexpectedEOF
		}
		s.left = &io.LimitedReader{R: s.src, N: int64(binary.LittleEndian.Uint32(h[:]))}
		s.lzvn = &lzvn{src: bufio.NewReader(s.left)}
		return nil
	case magicFSE:
		b, err := readBlock(s.src)
		s.fse = b
		return err
	}
	return codec.ErrCorrupt
}
