package cvd

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// Dir is the directory that holds an unpacked container. Names are plain file
// names.
type Dir interface {
	Open(name string) (io.ReadCloser, error)
	Create(name string) (io.WriteCloser, error) // empties an existing file
	Append(name string) (io.WriteCloser, error) // makes a missing file
	Rename(from, to string) error
	Remove(name string) error
	Names() ([]string, error) // sorted
}

// OSDir is a Dir in the file system. Nothing outside of it can be reached, by
// symbolic links neither.
type OSDir struct{ root *os.Root }

// OpenDir returns the directory at path.
func OpenDir(path string) (*OSDir, error) {
	r, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &OSDir{r}, nil
}

// Close releases the directory.
func (d *OSDir) Close() error { return d.root.Close() }

// Open implements Dir.
func (d *OSDir) Open(name string) (io.ReadCloser, error) { return d.root.Open(name) }

// Create implements Dir.
func (d *OSDir) Create(name string) (io.WriteCloser, error) {
	return d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
}

// Append implements Dir.
func (d *OSDir) Append(name string) (io.WriteCloser, error) {
	return d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
}

// Rename implements Dir.
func (d *OSDir) Rename(from, to string) error { return d.root.Rename(from, to) }

// Remove implements Dir.
func (d *OSDir) Remove(name string) error { return d.root.Remove(name) }

// Names implements Dir.
func (d *OSDir) Names() ([]string, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	es, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	return regularNames(es), nil
}

const (
	// maxLine bounds a line of a database file that a script edits.
	maxLine = 64 << 20
	// scratch is the file into which a file is rewritten. Scripts cannot name it.
	scratch = "rewrite-tmp"
)

// rewrite streams a file through fn, which returns what to keep of each line
// (line end included; nil for nothing), and is asked once more with a nil line at
// the end. The result replaces the file.
func rewrite(dir Dir, name string, fn func(n int, line []byte) ([]byte, error)) error {
	in, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := dir.Create(scratch)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 64<<10)
	err = filterLines(bufio.NewReaderSize(in, 64<<10), w, name, fn)
	if err == nil {
		err = w.Flush()
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = dir.Remove(scratch)
		return err
	}
	_ = in.Close() // some systems do not replace open files
	return dir.Rename(scratch, name)
}

func filterLines(r *bufio.Reader, w io.Writer, name string, fn func(int, []byte) ([]byte, error)) error {
	for n := 1; ; n++ {
		line, err := readLine(r)
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF && len(line) > 0 {
			return malformed("No line end at the end of %s", name)
		}
		if err == io.EOF {
			line = nil
		}
		keep, ferr := fn(n, line)
		if ferr != nil {
			return ferr
		}
		if line == nil {
			return nil
		}
		if _, err := w.Write(keep); err != nil {
			return err
		}
	}
}

// readLine returns the next line with its end. At the end of the file it returns
// what is left and io.EOF.
func readLine(r *bufio.Reader) ([]byte, error) {
	var long []byte
	for {
		part, err := r.ReadSlice('\n')
		if long == nil && err != bufio.ErrBufferFull {
			return part, err
		}
		if len(long)+len(part) > maxLine {
			return nil, malformed("Line of more than %d bytes", maxLine)
		}
		long = append(long, part...)
		if err != bufio.ErrBufferFull {
			return long, err
		}
	}
}

func appendLines(dir Dir, name string, lines [][]byte) error {
	out, err := dir.Append(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 64<<10)
	for _, l := range lines {
		_, _ = w.Write(l)
		_ = w.WriteByte('\n')
	}
	err = w.Flush() // reports the errors of the writes before
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("cvd: %w", err)
	}
	return nil
}
