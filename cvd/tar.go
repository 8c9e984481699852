package cvd

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

const (
	blockSize  = 512 // bytes of a tar block
	nameLength = 100 // bytes of the name field (POSIX.1-1988 ustar)
	sizeAt     = 124 // offset of the size field, 12 octal digits
	sizeLength = 12
	typeAt     = 156

	// maxInflated bounds what one container may unpack to. The vendor's largest
	// unpacks to about 0.5 GiB.
	maxInflated = 8 << 30
	// maxRatio bounds bytes out per byte in of the gzip layer, beyond the first
	// freeInflated bytes. Signature text packs 3 to 10 times.
	maxRatio     = 200
	freeInflated = 64 << 20
	maxMembers   = 100_000
)

// Member is one file of a container.
type Member struct {
	Name string // no path separators, at most 100 bytes
	Size int64  // bytes
}

// tarReader walks the body of a container.
type tarReader struct {
	r       io.Reader
	rest    int64 // bytes of the current member not yet read
	pad     int64 // bytes of padding behind it
	members int
	err     error // of the current member's data
}

// openBody returns a walker over the body at HeaderSize. A body that begins with
// the name of the licence member is a plain tar, any other is gzip.
func openBody(r io.ReaderAt, size int64) (*tarReader, error) {
	body := size - HeaderSize
	if body <= 0 {
		return nil, malformed("No archive behind the header")
	}
	br := bufio.NewReaderSize(io.NewSectionReader(r, HeaderSize, body), 64<<10)
	if start, err := br.Peek(7); err == nil && string(start) == "COPYING" {
		return &tarReader{r: br}, nil
	}
	z, err := gzip.NewReader(br)
	if err != nil {
		return nil, malformed("Can't decompress: %v", err)
	}
	limit := min(int64(maxInflated), freeInflated+maxRatio*body)
	return &tarReader{r: &cappedReader{r: z, left: limit}}, nil
}

// cappedReader is io.LimitedReader with an error instead of a silent end, and
// with the decompressor's errors marked as the container's fault.
type cappedReader struct {
	r    io.Reader
	left int64
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, malformed("Archive unpacks to more than it may")
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, malformed("Incomplete block read")
	}
	return n, malformed("Can't decompress: %v", err)
}

// next goes to the next member, skipping what is left of the current one. It
// returns io.EOF at the end of the archive.
func (t *tarReader) next() (Member, error) {
	if _, err := io.Copy(io.Discard, t); err != nil {
		return Member{}, err
	}
	if _, err := io.CopyN(io.Discard, t.r, t.pad); err != nil && err != io.EOF {
		return Member{}, err
	}
	t.pad = 0
	var b [blockSize]byte
	n, err := io.ReadFull(t.r, b[:])
	switch {
	case n > 0 && b[0] == 0, n == 0 && err == io.EOF:
		return Member{}, io.EOF
	case err == io.ErrUnexpectedEOF:
		return Member{}, malformed("Incomplete block read")
	case err != nil:
		return Member{}, err
	}
	if t.members++; t.members > maxMembers {
		return Member{}, malformed("Too many files in the archive")
	}
	m, err := parseBlock(b[:])
	if err != nil {
		return Member{}, err
	}
	t.rest = m.Size
	t.pad = (blockSize - m.Size%blockSize) % blockSize
	return m, nil
}

// Read reads the current member.
func (t *tarReader) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	if t.rest == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > t.rest {
		p = p[:t.rest]
	}
	n, err := t.r.Read(p)
	t.rest -= int64(n)
	if err == io.EOF {
		err = nil
		if t.rest > 0 {
			err = malformed("Incomplete block read")
		}
	}
	t.err = err
	return n, err
}

// parseBlock reads a member's header block as the reference does: name, size and
// type only, no check sum.
func parseBlock(b []byte) (Member, error) {
	name := b[:nameLength]
	if i := bytes.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	if bytes.IndexByte(name, '/') >= 0 {
		return Member{}, malformed("Slash separators are not allowed in CVD")
	}
	switch b[typeAt] {
	case 0, '0':
	case '5':
		return Member{}, malformed("Directories are not supported in CVD")
	default:
		return Member{}, malformed("Unknown type flag %q", b[typeAt])
	}
	if !memberName(string(name)) {
		return Member{}, malformed("Unusable file name in CVD")
	}
	size, err := parseOctal(b[sizeAt : sizeAt+sizeLength])
	if err != nil {
		return Member{}, malformed("Invalid size in header")
	}
	return Member{Name: string(name), Size: size}, nil
}

// parseOctal reads a size field: octal digits, blanks before, blank or NUL behind.
func parseOctal(b []byte) (int64, error) {
	s := strings.TrimLeft(string(b), " ")
	if i := strings.IndexAny(s, " \x00"); i >= 0 {
		s = s[:i]
	}
	n, err := strconv.ParseUint(s, 8, 36)
	if err != nil {
		return 0, fmt.Errorf("cvd: %w", err)
	}
	return int64(n), nil
}
