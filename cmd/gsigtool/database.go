package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gclam/cvd"
)

// container is an open container.
type container struct {
	*os.File
	size   int64
	kind   cvd.Kind
	header cvd.Header
}

// open opens a container and parses its header, printing the library's words for
// what is wrong.
func (t *tool) open(path string) (*container, error) {
	f, err := os.Open(path)
	if err != nil {
		t.libError("cl_cvdhead: Can't open file " + path)
		return nil, err
	}
	st, err := f.Stat()
	if err == nil {
		c := &container{File: f, size: st.Size(), kind: cvd.KindOf(path)}
		if c.kind == cvd.None {
			c.kind = cvd.CVD
		}
		if c.header, err = cvd.ReadHeader(f); err == nil {
			return c, nil
		}
	}
	_ = f.Close()
	var e *cvd.Error
	if errors.As(err, &e) {
		t.libError("cli_cvdparse: " + e.Detail)
	}
	return nil, err
}

// info prints a container's header and verifies it.
func (t *tool) info() int {
	path := t.in.Values.String("info")
	c, err := t.open(path)
	if err != nil {
		t.in.Errorf("cvdinfo: Can't read/parse CVD header of %s", path)
		return 1
	}
	defer func() { _ = c.Close() }()
	h, out := c.header, t.in.Out
	fmt.Fprintf(out, "File: %s\nBuild time: %s\nVersion: %d\nSignatures: %d\nFunctionality level: %d\nBuilder: %s\n",
		path, h.BuildTime(), h.Version, h.Signatures, h.Level, h.Builder)
	switch c.kind {
	case cvd.CUD:
		fmt.Fprintln(out, "Verification: Unsigned container")
		return 0
	case cvd.CVD:
		fmt.Fprintf(out, "MD5: %s\nDigital signature: %s\n", h.MD5, h.DSIG)
	}
	if err := t.check(c, path); err != nil {
		t.in.Errorf("cvdinfo: Verification: %v", kindOfError(err))
		return 1
	}
	fmt.Fprintln(out, "Verification OK.")
	return 0
}

// check verifies what a container's kind lets verify, detached signatures
// included where CVD_CERTS_DIR names their roots.
func (t *tool) check(c *container, path string) error {
	if c.kind != cvd.CVD {
		return nil // the header of a .cld holds no signature
	}
	o := cvd.VerifyOptions{}
	if dir := os.Getenv("CVD_CERTS_DIR"); dir != "" {
		tr, err := cvd.OpenTrust(dir)
		if err != nil {
			return err
		}
		o.Trust, o.Detached = tr, cvd.ReadSign(path, c.header.Version)
	}
	return cvd.Verify(c, c.size, o)
}

// kindOfError is the short text of a refusal.
func kindOfError(err error) error {
	var e *cvd.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return err
}

func (t *tool) unpack() int { return t.unpackTo(t.in.Values.String("unpack"), ".") }

// unpackCurrent unpacks the database of that name from the database directory.
func (t *tool) unpackCurrent() int {
	name, dir := t.in.Values.String("unpack-current"), t.in.Values.String("DatabaseDirectory")
	for _, ext := range []string{".cld", ".cvd"} {
		p := filepath.Join(dir, name+ext)
		if _, err := os.Stat(p); err == nil {
			return t.unpackTo(p, ".")
		}
	}
	t.in.Errorf("unpack: Couldn't find %s CLD/CVD database in %s", name, dir)
	return 1
}

func (t *tool) unpackTo(path, to string) int {
	if err := t.unpackInto(path, to); err != nil {
		t.in.Errorf("unpack: %s is not a valid CVD", path)
		return 1
	}
	return 0
}

func (t *tool) unpackInto(path, to string) error {
	if st, err := os.Stat(path); err != nil {
		t.libError("cl_cvdverify: Can't open file " + path)
		return err
	} else if st.Size() < cvd.HeaderSize {
		t.libError("cli_cvdverify: Can't read CVD header")
		return cvd.ErrNotCVD
	}
	c, err := t.open(path)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	d, err := cvd.OpenDir(to)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	_, err = cvd.Unpack(c, c.size, c.kind, cvd.ReadOptions{}, d)
	var e *cvd.Error
	if errors.As(err, &e) {
		t.libError(e.Detail)
	}
	return err
}
