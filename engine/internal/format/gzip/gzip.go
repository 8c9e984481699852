package gzip

import (
	"bufio"
	"context"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Header fields and flags, RFC 1952 section 2.3.
const (
	headerSize = 10
	deflated   = 8
	flagHCRC   = 1 << 1
	flagExtra  = 1 << 2
	flagName   = 1 << 3
	flagNote   = 1 << 4
	flagsOther = 0xe0
	trailer    = 8
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	m := &members{src: bufio.NewReaderSize(codec.Source(ctx, b, in.Reader()), 32<<10)}
	g := codec.Guard(ctx, b, m)
	err := out.Child(format.Meta{CompressedSize: in.Size(), Size: -1, Position: 1, NoMeta: true}, g)
	if err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		out.Fact(format.Truncated, in.Size())
	case err != nil:
		out.Fact(format.Damaged, 0)
	}
	return nil
}

// members is the concatenated content of all members.
type members struct {
	src  *bufio.Reader
	z    *flate.Reader
	some bool // at least one header was good
}

func (m *members) Read(p []byte) (int, error) {
	for {
		if m.z == nil {
			if err := m.header(); err != nil {
				return 0, err
			}
			m.some = true
			m.z = flate.NewReader(m.src)
		}
		n, err := m.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		m.z = nil
		if k, _ := m.src.Discard(trailer); k < trailer {
			return n, io.EOF // a missing checksum hurts nobody
		}
		if n > 0 {
			return n, nil
		}
	}
}

// header reads a member header. After the first member anything but a header
// is the end.
func (m *members) header() error {
	bad := codec.ErrCorrupt
	if m.some {
		bad = io.EOF
	}
	h, err := m.src.Peek(headerSize)
	if err != nil {
		if !m.some && errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return errOr(err, bad)
	}
	if h[0] != 0x1f || h[1] != 0x8b || h[2] != deflated || h[3]&flagsOther != 0 {
		return bad
	}
	flags := h[3]
	if _, err := m.src.Discard(headerSize); err != nil {
		return err
	}
	return m.optional(flags)
}

func errOr(err, bad error) error {
	if errors.Is(err, io.EOF) {
		return bad
	}
	return err
}

// optional skips the variable fields of a header.
func (m *members) optional(flags byte) error {
	if flags&flagExtra != 0 {
		var l [2]byte
		if _, err := io.ReadFull(m.src, l[:]); err != nil {
			return io.ErrUnexpectedEOF
		}
		if _, err := m.src.Discard(int(l[0]) | int(l[1])<<8); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	for _, f := range []byte{flagName, flagNote} {
		for flags&f != 0 {
			c, err := m.src.ReadByte()
			if err != nil {
				return io.ErrUnexpectedEOF
			}
			if c == 0 {
				break
			}
		}
	}
	if flags&flagHCRC != 0 {
		if _, err := m.src.Discard(2); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}
