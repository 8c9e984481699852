package update

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// FS is everything the updater does to the disk, so that tests can make each
// step fail. Paths are absolute.
type FS interface {
	Open(path string) (File, error)
	Create(path string) (File, error) // for reading and writing; empties an existing file
	Append(path string) (File, error) // makes a missing file
	Mkdir(path string) error          // 0755
	ReadDir(path string) ([]fs.DirEntry, error)
	Rename(from, to string) error
	Remove(path string) error
	RemoveAll(path string) error
	SyncDir(path string) error // makes renames in it durable
}

// File is an open file of an FS.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	Sync() error
	Stat() (fs.FileInfo, error)
}

// OSFS is the real file system.
type OSFS struct{}

// Open implements FS.
func (OSFS) Open(path string) (File, error) { return osFile(os.Open(path)) }

// Create implements FS.
func (OSFS) Create(path string) (File, error) {
	return osFile(os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644))
}

// Append implements FS.
func (OSFS) Append(path string) (File, error) {
	return osFile(os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644))
}

// osFile keeps a nil *os.File from becoming a non-nil File.
func osFile(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Mkdir implements FS.
func (OSFS) Mkdir(path string) error { return os.Mkdir(path, 0o755) }

// ReadDir implements FS.
func (OSFS) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

// Rename implements FS.
func (OSFS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements FS.
func (OSFS) Remove(path string) error { return os.Remove(path) }

// RemoveAll implements FS.
func (OSFS) RemoveAll(path string) error { return os.RemoveAll(path) }

// SyncDir implements FS. Systems that cannot sync directories are passed over.
func (OSFS) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return syncDir(d)
}

// subdir is a cvd.Dir on an FS. Names come checked from package cvd.
type subdir struct {
	fs   FS
	path string
}

func (d subdir) at(name string) string { return filepath.Join(d.path, name) }

// Open implements cvd.Dir.
func (d subdir) Open(name string) (io.ReadCloser, error) { return d.fs.Open(d.at(name)) }

// Create implements cvd.Dir.
func (d subdir) Create(name string) (io.WriteCloser, error) { return d.fs.Create(d.at(name)) }

// Append implements cvd.Dir.
func (d subdir) Append(name string) (io.WriteCloser, error) { return d.fs.Append(d.at(name)) }

// Rename implements cvd.Dir.
func (d subdir) Rename(from, to string) error { return d.fs.Rename(d.at(from), d.at(to)) }

// Remove implements cvd.Dir.
func (d subdir) Remove(name string) error { return d.fs.Remove(d.at(name)) }

// Names implements cvd.Dir.
func (d subdir) Names() ([]string, error) {
	es, err := d.fs.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range es {
		if e.Type().IsRegular() {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}

const (
	tempPrefix = "tmp."
	tempDigits = 10 // hexadecimal, as in the reference's names
)

// makeTemp makes a new working directory inside the database directory, so that
// renames out of it stay within one file system.
func makeTemp(fsys FS, dir string) (string, error) {
	var b [tempDigits / 2]byte
	_, _ = rand.Read(b[:]) // never fails
	p := filepath.Join(dir, tempPrefix+hex.EncodeToString(b[:]))
	if err := fsys.Mkdir(p); err != nil {
		return "", err
	}
	return p, nil
}

// isTemp tells whether a name is one that makeTemp gives.
func isTemp(name string) bool {
	if len(name) != len(tempPrefix)+tempDigits || name[:len(tempPrefix)] != tempPrefix {
		return false
	}
	_, err := hex.DecodeString(name[len(tempPrefix):])
	return err == nil
}

// sweep removes working directories that an interrupted run left. The caller
// holds the lock, so they belong to nobody.
func sweep(fsys FS, dir string) error {
	es, err := fsys.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range es {
		if e.IsDir() && isTemp(e.Name()) {
			if err := fsys.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeDurably makes a file with the given contents under a temporary name in
// temp, and renames it to path.
func writeDurably(fsys FS, temp, path string, data []byte) error {
	from := filepath.Join(temp, filepath.Base(path))
	f, err := fsys.Create(from)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return publish(fsys, from, path)
}

// publish renames a synced file to its final path and makes that durable.
func publish(fsys FS, from, to string) error {
	if err := fsys.Rename(from, to); err != nil {
		return err
	}
	if err := fsys.SyncDir(filepath.Dir(to)); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
