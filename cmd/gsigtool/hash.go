package main

import (
	"bufio"
	"crypto/md5"  //nolint:gosec // what the option asks for
	"crypto/sha1" //nolint:gosec // what the option asks for
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gclam/internal/logfmt"
)

func (t *tool) hexDump() int {
	w := bufio.NewWriter(t.in.Out)
	_, err := io.Copy(hex.NewEncoder(w), t.in.In)
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if err != nil {
		t.in.Errorf("hexdump: %v", err)
		return 1
	}
	return 0
}

func (t *tool) md5() int    { return t.hash(md5.New) }
func (t *tool) sha1() int   { return t.hash(sha1.New) }
func (t *tool) sha256() int { return t.hash(sha256.New) }

// hash prints HASH:SIZE:NAME for each file, or the hash of stdin.
func (t *tool) hash(newHash func() hash.Hash) int {
	if len(t.in.Args) == 0 {
		h := newHash()
		if _, err := io.Copy(h, t.in.In); err != nil {
			t.in.Errorf("hashsig: %v", err)
			return 1
		}
		fmt.Fprintf(t.in.Out, "%x\n", h.Sum(nil))
		return 0
	}
	for _, path := range t.in.Args {
		if err := t.hashFile(path, newHash()); err != nil {
			fmt.Fprintf(t.in.Err, "hashsig: %s\n", logfmt.Reason(err))
			t.in.Errorf("hashsig: Can't access file %s", path)
			return 1
		}
	}
	return 0
}

func (t *tool) hashFile(path string, h hash.Hash) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if st.IsDir() {
		return nil
	}
	if !st.Mode().IsRegular() {
		return fs.ErrInvalid
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	n, err := io.Copy(h, f)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	fmt.Fprintf(t.in.Out, "%x:%d:%s\n", h.Sum(nil), n, filepath.Base(path))
	return nil
}
