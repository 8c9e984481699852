package cvd

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"path"
	"strings"
)

// ReadOptions says what Read demands.
type ReadOptions struct {
	Verify VerifyOptions
	// Verified skips the signature over the whole of a .cvd, because Verify has
	// already accepted it. The signed list is checked in any case.
	Verified bool
}

// maxEarly bounds a member that is buffered to be handed over first.
const maxEarly = 64 << 20

// Read verifies a container and hands its database members to fn, one after the
// other: ignore lists (.ign, .ign2) and configuration (.cfg) first, because they
// govern the rest, then the others in the order of the archive. fn may stop
// reading early; the rest is read, hashed and dropped. An error of fn ends Read
// and is returned as it is.
//
// Before the first call the signature over a whole .cvd, the signed list and its
// agreement with the header have been checked. Size and hash of a streamed member
// are known only behind it, so fn must discard its results when Read fails.
//
// The returned header is the container's own; it is valid when the error wraps
// ErrMalformed as well, as far as it could be read.
func Read(r io.ReaderAt, size int64, kind Kind, o ReadOptions, fn func(m Member, r io.Reader) error) (Header, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return h, err
	}
	if kind == None {
		return h, notCVD("Unknown kind of container")
	}
	if kind == CVD && !o.Verified {
		if err := Verify(r, size, o.Verify); err != nil {
			return h, err
		}
	}
	c := &contents{r: r, size: size}
	if err := c.survey(kind); err != nil {
		return h, err
	}
	if !h.sameBuild(c.info.header) {
		return h, malformed("Corrupted CVD header")
	}
	for _, e := range c.early {
		if err := fn(Member{e.name, int64(len(e.data))}, bytes.NewReader(e.data)); err != nil {
			return h, err
		}
	}
	return h, c.stream(fn)
}

// contents is the state of one Read.
type contents struct {
	r     io.ReaderAt
	size  int64
	info  *info
	early []earlyMember // verified, in the order of the archive
}

type earlyMember struct {
	name string
	data []byte
}

// survey walks the archive until it has the list and every member that has to be
// handed over first. With the vendor's order of members it ends after the list
// when there are none of those.
func (c *contents) survey(kind Kind) error {
	t, err := openBody(c.r, c.size)
	if err != nil {
		return err
	}
	for c.info == nil || len(c.early) < c.info.countEarly() {
		m, err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case c.info == nil && strings.HasSuffix(m.Name, ".info"):
			err = c.readInfo(t, m, kind)
		case early(m.Name):
			err = c.buffer(t, m)
		}
		if err != nil {
			return err
		}
	}
	if c.info == nil {
		return malformed(".info file not found")
	}
	for _, e := range c.early {
		want, ok := c.info.entries[e.name]
		if !ok {
			return malformed("File %s not found in .info", e.name)
		}
		if want.size != int64(len(e.data)) {
			return malformed("File %s not correctly loaded", e.name)
		}
		if want.sha256 != sha256.Sum256(e.data) {
			return malformed("Invalid checksum for file %s", e.name)
		}
	}
	return nil
}

func (c *contents) readInfo(t *tarReader, m Member, kind Kind) error {
	if m.Size > maxInfo {
		return malformed("File %s is too big", m.Name)
	}
	b, err := io.ReadAll(t)
	if err != nil {
		return err
	}
	c.info, err = parseInfo(b, kind)
	return err
}

func (c *contents) buffer(t *tarReader, m Member) error {
	for _, e := range c.early {
		if e.name == m.Name {
			return malformed("File %s occurs twice", m.Name)
		}
	}
	if m.Size > maxEarly {
		return malformed("File %s is too big", m.Name)
	}
	b, err := io.ReadAll(t)
	if err != nil {
		return err
	}
	c.early = append(c.early, earlyMember{m.Name, b})
	return nil
}

// stream walks the whole archive and hands over what was not buffered.
func (c *contents) stream(fn func(Member, io.Reader) error) error {
	t, err := openBody(c.r, c.size)
	if err != nil {
		return err
	}
	seen := make(map[string]bool, len(c.info.entries))
	for {
		m, err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		want, listed := c.info.entries[m.Name]
		switch {
		case !listed && IsDatabase(m.Name):
			return malformed("File %s not found in .info", m.Name)
		case !listed:
			continue
		case seen[m.Name]:
			return malformed("File %s occurs twice", m.Name)
		case m.Size != want.size:
			return malformed("File %s not correctly loaded", m.Name)
		}
		seen[m.Name] = true
		if err := deliver(t, m, want, fn); err != nil {
			return err
		}
	}
	for _, name := range c.info.names {
		if !seen[name] {
			return malformed("File %s not found in the archive", name)
		}
	}
	return nil
}

// deliver hands one member over, hashes it as it is read, and reads what fn left.
func deliver(t *tarReader, m Member, want entry, fn func(Member, io.Reader) error) error {
	d := sha256.New()
	r := &hashingReader{r: t, h: d}
	if IsDatabase(m.Name) && !early(m.Name) {
		if err := fn(m, r); err != nil {
			if t.err != nil { // the archive's fault explains the callback's
				return t.err
			}
			return err
		}
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if [sha256.Size]byte(d.Sum(nil)) != want.sha256 {
		return malformed("Invalid checksum for file %s", m.Name)
	}
	return nil
}

type hashingReader struct {
	r io.Reader
	h hash.Hash
}

func (h *hashingReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.h.Write(p[:n])
	if err != nil && err != io.EOF {
		err = fmt.Errorf("cvd: %w", err)
	}
	return n, err
}

func (in *info) countEarly() int {
	n := 0
	for _, name := range in.names {
		if early(name) {
			n++
		}
	}
	return n
}

// early tells whether a member governs the loading of others.
func early(name string) bool {
	switch path.Ext(name) {
	case ".ign", ".ign2", ".cfg":
		return true
	}
	return false
}

// IsDatabase tells whether a file name has an extension that ClamAV loads from a
// container or a database directory, containers themselves left out.
func IsDatabase(name string) bool {
	switch path.Ext(name) {
	case ".db", ".sdb", ".zmd", ".rmd", ".cfg", ".wdb", ".pdb", ".gdb", ".ftm", ".ioc", ".pwdb", ".crb", ".cat",
		".hdb", ".hdu", ".hsb", ".hsu", ".mdb", ".mdu", ".msb", ".msu", ".imp", ".fp", ".sfp",
		".ndb", ".ndu", ".ldb", ".ldu", ".idb", ".cdb", ".cbc", ".ign", ".ign2", ".yar", ".yara":
		return true
	}
	return false
}
