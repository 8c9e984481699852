package zip

import (
	"compress/bzip2"
	"errors"
	"hash/crc32"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Compression methods, APPNOTE.TXT section 4.4.5.
const (
	methodStored    = 0
	methodShrunk    = 1
	methodReduced1  = 2
	methodReduced4  = 5
	methodImploded  = 6
	methodDeflate   = 8
	methodDeflate64 = 9
	methodBzip2     = 12
	methodLZMA      = 14
	methodZstdOld   = 20
	methodZstd      = 93
	methodXZ        = 95
	methodPPMd      = 98
	methodAES       = 99
)

// extract hands over one member, unless the same bytes were handed over before.
func (u *unpacker) extract(e *entry) error {
	if err := u.tick(); err != nil {
		return err
	}
	m := e.meta(e.pos)
	k := key{-1 - e.off, e.headerSize, e.csize}
	if e.csize <= 0 || u.seen[k] {
		return u.out.Child(m, nil)
	}
	if u.seen != nil {
		u.seen[k] = true
	}
	if !e.complete(u.in.Size()) {
		u.out.Fact(format.Truncated, e.off)
	}
	data := u.in.Section(e.off+e.headerSize, max(e.csize, e.other))
	if e.method == methodStored || e.flags&flagEncrypted != 0 {
		data = u.in.Section(e.off+e.headerSize, e.csize)
	}
	if e.flags&flagEncrypted != 0 {
		done, err := u.decrypted(e, m, data)
		if done || err != nil {
			return err
		}
	}
	return u.member(e, m, data, data.Reader())
}

// member decodes the data of a member, read through src, by its method.
func (u *unpacker) member(e *entry, m format.Meta, data input.View, src io.Reader) error {
	if e.method == methodStored {
		return u.stored(e, m, data, src)
	}
	r, err := u.decoder(e, codec.Source(u.ctx, u.b, src))
	if err != nil {
		u.out.Fact(format.Unsupported, e.off)
		return u.out.Child(m, nil)
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	g := codec.Guard(u.ctx, u.b, r)
	if err := u.out.Child(m, u.cut(g)); err != nil {
		return err
	}
	return u.report(e, g.Err())
}

// report turns the way a stream ended into a Fact.
func (u *unpacker) report(e *entry, err error) error {
	switch {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case err != nil:
		u.out.Fact(format.Damaged, e.off)
	}
	return nil
}

// cut limits a member's output to MaxFileSize. ClamAV scans the cut part and
// raises no alert.
func (u *unpacker) cut(r io.Reader) io.Reader {
	if n := u.b.Limits().FileSize; n > 0 {
		return &blocks{r: r, left: n}
	}
	return r
}

// blocks reads r in blocks and ends before the one that would exceed what is
// left (observed: clamscan 1.4.6 drops that block as a whole).
type blocks struct {
	r    io.Reader
	left int64
	buf  [8192]byte
	rest []byte // of buf, not yet handed out
	err  error
}

// Read implements io.Reader.
func (b *blocks) Read(p []byte) (int, error) {
	if len(b.rest) == 0 && b.err == nil {
		var n int
		if n, b.err = io.ReadFull(b.r, b.buf[:]); errors.Is(b.err, io.ErrUnexpectedEOF) {
			b.err = io.EOF
		}
		if b.left -= int64(n); b.left < 0 {
			n, b.err = 0, io.EOF
		}
		b.rest = b.buf[:n]
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	if len(b.rest) == 0 && n == 0 {
		return 0, b.err
	}
	return n, nil
}

// stored hands over data that are not compressed. Some writers leave the method
// at 0 for deflated data: when the sizes say so, inflating is tried first.
func (u *unpacker) stored(e *entry, m format.Meta, data input.View, src io.Reader) error {
	plain := e.flags&flagEncrypted == 0
	if plain && e.usize > e.csize && inflatable(data) {
		g := codec.Guard(u.ctx, u.b, flate.NewReader(data.Reader()))
		if err := u.out.Child(m, u.cut(g)); err != nil {
			return err
		}
		m.NoMeta = true
	}
	if err := u.out.Child(m, src); err != nil {
		return err
	}
	if plain && e.other > e.csize {
		// The headers disagree: other programs believe the directory.
		m.NoMeta = true
		return u.out.Child(m, u.in.Section(e.off+e.headerSize, e.other).Reader())
	}
	return nil
}

// inflatable tells whether data begin like a deflate stream.
func inflatable(data input.View) bool {
	var b [512]byte
	n, err := io.ReadFull(flate.NewReader(data.Reader()), b[:])
	return n > 0 && (err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)) &&
		!errors.Is(err, codec.ErrCorrupt)
}

// decoder returns the decoder of the entry's method over its compressed bytes.
func (u *unpacker) decoder(e *entry, src io.Reader) (io.Reader, error) {
	switch e.method {
	case methodDeflate:
		return flate.NewReader(src), nil
	case methodBzip2:
		return bzip2.NewReader(src), nil
	}
	return u.rare(e, src)
}

// decrypted tries the passwords of the Sink. It reports whether one fitted and
// the member was handed over.
func (u *unpacker) decrypted(e *entry, m format.Meta, data input.View) (bool, error) {
	p, ok := u.out.(format.Passwords)
	if !ok {
		return false, nil
	}
	for _, pw := range p.Passwords("CL_TYPE_ZIP") {
		if err := u.b.Check(u.ctx); err != nil {
			return true, err
		}
		r, method, err := open(e, data, pw)
		if err != nil {
			return true, err
		}
		if r == nil {
			continue
		}
		plain := *e
		plain.method = method
		if !u.trial(&plain, r) {
			continue // the check bytes let one wrong password in 256 pass
		}
		if r, _, err = open(e, data, pw); err != nil {
			return true, err
		}
		return true, u.member(&plain, m, data, r)
	}
	return false, nil
}

// trialBytes is how much of a compressed member is decoded to test a password,
// trialStored how much of a stored one.
const (
	trialBytes  = 4096
	trialStored = 64 << 20
)

// trial tells whether decrypted data look like the method says or, stored ones,
// have the right checksum. Where that is not known the check byte has to do.
func (u *unpacker) trial(e *entry, r io.Reader) bool {
	if e.method == methodStored {
		if e.crc == 0 || e.csize > trialStored {
			return true
		}
		h := crc32.NewIEEE()
		_, err := io.Copy(h, codec.Guard(u.ctx, u.b, r))
		return err == nil && h.Sum32() == e.crc
	}
	d, err := u.decoder(e, codec.Source(u.ctx, u.b, r))
	if err != nil {
		return false
	}
	if c, ok := d.(io.Closer); ok {
		defer c.Close()
	}
	g := codec.Guard(u.ctx, u.b, d)
	_, _ = io.CopyN(io.Discard, g, trialBytes)
	return g.Err() == nil || codec.Truncated(g.Err())
}
