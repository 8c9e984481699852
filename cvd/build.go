package cvd

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // the format's digest
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// timeFormat is the text date of headers.
const timeFormat = "02 Jan 2006 15-04 -0700"

// BuildCUD packs the database files of dir into an unsigned container: it writes
// NAME.info into dir and the container to w. Of h Version, Signatures, Level,
// Builder and Created count.
func BuildCUD(w io.WriteSeeker, dir Dir, name string, h Header) (Header, error) {
	h.Time = h.Created.Format(timeFormat)
	h.MD5, h.DSIG = "X", "X"
	if _, err := ParseHeader([]byte(h.String())); err != nil {
		return h, err
	}
	members, err := memberOrder(dir, name)
	if err != nil {
		return h, err
	}
	if !slices.Contains(members, "COPYING") {
		return h, errors.New("COPYING file not found in current working directory")
	}
	if err := writeInfo(dir, name, h, members); err != nil {
		return h, err
	}
	if _, err := w.Write(make([]byte, HeaderSize)); err != nil {
		return h, err
	}
	sum := md5.New() //nolint:gosec // see above
	if err := writeBody(io.MultiWriter(w, sum), dir, members, true); err != nil {
		return h, err
	}
	h.MD5 = hex.EncodeToString(sum.Sum(nil))
	header := bytes.Repeat([]byte(" "), HeaderSize)
	copy(header, h.String())
	if _, err := w.Seek(0, io.SeekStart); err != nil {
		return h, err
	}
	_, err = w.Write(header)
	return h, err
}

// writeInfo writes the member list of an unsigned container.
func writeInfo(dir Dir, name string, h Header, members []string) error {
	var b bytes.Buffer
	fmt.Fprintln(&b, h)
	for _, m := range members {
		if !IsDatabase(m) {
			continue
		}
		f, err := dir.Open(m)
		if err != nil {
			return err
		}
		d := sha256.New()
		n, err := io.Copy(d, f)
		_ = f.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s:%d:%x\n", m, n, d.Sum(nil))
	}
	f, err := dir.Create(name + ".info")
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// Now is the creation time for headers: whole seconds.
func Now() time.Time { return time.Now().Truncate(time.Second) }

const (
	maxCompared   = 1 << 26 // lines of one file
	compareWindow = 4096    // lines to look ahead for a deletion
)

// CompareFiles writes the commands that make the old contents the new ones, as an
// incremental update of the named file: OPEN, edits, CLOSE. Nothing is written
// when they are the same.
func CompareFiles(w io.Writer, name string, before, after io.Reader) error {
	a, err := readLines(before)
	if err != nil {
		return err
	}
	b, err := readLines(after)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	j := 0
	for i := 0; i < len(a); i++ {
		switch {
		case j < len(b) && a[i] == b[j]:
			j++
		case j < len(b) && !ahead(a[i+1:], b[j]):
			fmt.Fprintf(&out, "XCHG %d %s %s\n", i+1, linePrefix(a[i]), b[j])
			j++
		default:
			fmt.Fprintf(&out, "DEL %d %s\n", i+1, linePrefix(a[i]))
		}
	}
	for ; j < len(b); j++ {
		fmt.Fprintf(&out, "ADD %s\n", b[j])
	}
	if out.Len() == 0 {
		return nil
	}
	_, err = fmt.Fprintf(w, "OPEN %s\n%sCLOSE\n", name, out.Bytes())
	return err
}

// ahead tells whether a line comes soon.
func ahead(lines []string, want string) bool {
	return slices.Contains(lines[:min(len(lines), compareWindow)], want)
}

// linePrefix is what an edit quotes of a line: its first 16 bytes, up to a blank.
func linePrefix(s string) string {
	s = s[:min(len(s), 16)]
	if i := bytes.IndexByte([]byte(s), ' '); i >= 0 {
		return s[:i]
	}
	return s
}

func readLines(r io.Reader) ([]string, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	var out []string
	for {
		l, err := readLine(br)
		if err == io.EOF && len(l) == 0 {
			return out, nil
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if len(out) == maxCompared {
			return nil, malformed("More than %d lines", maxCompared)
		}
		out = append(out, string(bytes.TrimSuffix(l, []byte("\n"))))
	}
}

// OpenScript reads the file of an incremental update for application: a signed
// .cdiff, which is verified, or a bare .script, which cannot be.
func OpenScript(name string, b []byte) ([]byte, error) {
	switch suffix(name) {
	case ".cdiff":
		c, err := OpenCdiff(b, VerifyOptions{})
		if err != nil {
			return nil, err
		}
		return c.Script, nil
	case ".script":
		return b, nil
	}
	return nil, errors.New("Incorrect file name (no .cdiff/.script extension)") //nolint:staticcheck // sigtool's text
}

func suffix(name string) string {
	for _, s := range []string{".cdiff", ".script"} {
		if len(name) > len(s) && name[len(name)-len(s):] == s {
			return s
		}
	}
	return ""
}

// CheckUnpacked compares an unpacked container with its member list, whose
// signature is checked too, unless kind is CUD.
func CheckUnpacked(dir Dir, name string, kind Kind) error {
	f, err := dir.Open(name + ".info")
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxInfo))
	_ = f.Close()
	if err != nil {
		return err
	}
	in, err := parseInfo(b, kind)
	if err != nil {
		return err
	}
	for _, m := range in.names {
		g, err := dir.Open(m)
		if err != nil {
			return err
		}
		d := sha256.New()
		n, err := io.Copy(d, g)
		_ = g.Close()
		if err != nil {
			return err
		}
		if n != in.entries[m].size || [sha256.Size]byte(d.Sum(nil)) != in.entries[m].sha256 {
			return malformed("Invalid checksum for file %s", m)
		}
	}
	return nil
}
