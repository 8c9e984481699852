package cvd

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Unpack writes every member of a container into dir, the licence and the signed
// list included, after the same checks as Read. On error dir holds a part.
func Unpack(r io.ReaderAt, size int64, kind Kind, o ReadOptions, dir Dir) (Header, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return h, err
	}
	// The first pass checks everything, so that nothing unproven reaches the disk.
	if h, err = Read(r, size, kind, o, func(Member, io.Reader) error { return nil }); err != nil {
		return h, err
	}
	t, err := openBody(r, size)
	if err != nil {
		return h, err
	}
	for {
		m, err := t.next()
		if err == io.EOF {
			return h, nil
		}
		if err != nil {
			return h, err
		}
		if _, err := scriptName(m.Name); err != nil {
			return h, malformed("Unusable file name in CVD")
		}
		if err := unpackMember(t, m.Name, dir); err != nil {
			return h, err
		}
	}
}

func unpackMember(r io.Reader, name string, dir Dir) error {
	w, err := dir.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	return err
}

// WriteCLD packs an unpacked container again: the header is the first line of
// NAME.info, the members are COPYING, NAME.info, NAME.cfg where there is one, and
// the rest in order of their names. The list is not checked here; Read the result.
func WriteCLD(w io.Writer, dir Dir, name string, compress bool) (Header, error) {
	line, err := firstLine(dir, name+".info")
	if err != nil {
		return Header{}, err
	}
	h, err := ParseHeader(line)
	if err != nil {
		return Header{}, err
	}
	members, err := memberOrder(dir, name)
	if err != nil {
		return h, err
	}
	header := bytes.Repeat([]byte(" "), HeaderSize)
	copy(header, line)
	if _, err := w.Write(header); err != nil {
		return h, err
	}
	return h, writeBody(w, dir, members, compress)
}

// memberOrder lists what belongs into a container, in the vendor's order.
func memberOrder(dir Dir, name string) ([]string, error) {
	all, err := dir.Names()
	if err != nil {
		return nil, err
	}
	out := []string{"COPYING", name + ".info", name + ".cfg"}
	if !slices.Contains(all, out[2]) {
		out = out[:2]
	}
	if !slices.Contains(all, "COPYING") {
		out = out[1:]
	}
	for _, n := range all {
		if !slices.Contains(out, n) && IsDatabase(n) {
			out = append(out, n)
		}
	}
	return out, nil
}

func writeBody(w io.Writer, dir Dir, members []string, compress bool) error {
	if !compress {
		return writeTar(w, dir, members)
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("cvd: %w", err)
	}
	if err := writeTar(z, dir, members); err != nil {
		return err
	}
	return z.Close()
}

func writeTar(w io.Writer, dir Dir, members []string) error {
	t := tar.NewWriter(w)
	for _, name := range members {
		if err := writeMember(t, dir, name); err != nil {
			return err
		}
	}
	return t.Close()
}

func writeMember(t *tar.Writer, dir Dir, name string) error {
	size, err := sizeOf(dir, name)
	if err != nil {
		return err
	}
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	err = t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, Format: tar.FormatUSTAR})
	if err != nil {
		return fmt.Errorf("cvd: %w", err)
	}
	_, err = io.Copy(t, f)
	return err
}

// sizeOf asks the file for its size, or counts.
func sizeOf(dir Dir, name string) (int64, error) {
	f, err := dir.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	if s, ok := f.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if fi, err := s.Stat(); err == nil {
			return fi.Size(), nil
		}
	}
	return io.Copy(io.Discard, f)
}

func firstLine(dir Dir, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	line, err := bufio.NewReaderSize(io.LimitReader(f, HeaderSize), HeaderSize).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

func regularNames(es []fs.DirEntry) []string {
	var out []string
	for _, e := range es {
		if e.Type().IsRegular() {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out
}

// DatabaseName returns the name of a database without extension and version:
// "daily" for "daily.cvd", "daily-27000.cvd" and "daily.inc".
func DatabaseName(file string) string {
	base := strings.TrimSuffix(file, path.Ext(file))
	name, _, _ := strings.Cut(base, "-")
	return name
}
