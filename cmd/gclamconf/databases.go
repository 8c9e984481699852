package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"gclam/cvd"
	"gclam/internal/config"
	"gclam/internal/logfmt"
)

// maxLoose is how much of a loose database is read to count its lines, in bytes.
const maxLoose = 1 << 30

// databases lists the database directory: freshclam's, else clamd's, else the
// built-in one.
func (c *checker) databases(clamd, freshclam *config.Values) {
	c.heading("Database information")
	v := freshclam
	if v == nil {
		v = clamd
	}
	dir := v.String("DatabaseDirectory")
	c.printf("Database directory: %s\n", dir)
	if clamd != nil && freshclam != nil && clamd.String("DatabaseDirectory") != dir {
		c.printf("WARNING: freshclam.conf and clamd.conf point to different database directories\n")
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		c.printf("print_dbs: Can't open directory %s\n\n", dir)
		return
	}
	total := 0
	for _, e := range list {
		if e.Type().IsRegular() {
			total += c.database(dir, e.Name())
		}
	}
	c.printf("Total number of signatures: %d\n\n", total)
}

// database prints one file and returns its number of signatures.
func (c *checker) database(dir, name string) int {
	path := filepath.Join(dir, name)
	if cvd.KindOf(name) != cvd.None {
		h, err := header(path)
		if err != nil {
			c.printf("%s: Can't get information about the database\n", path)
			return 0
		}
		c.printf("%s: version %d, sigs: %d, built on %s\n", name, h.Version, h.Signatures, logfmt.CTime(h.Created.Local()))
		return h.Signatures
	}
	if !cvd.IsDatabase(name) {
		return 0
	}
	n, err := countLines(path)
	switch {
	case err != nil:
		c.printf("%s: Can't get information about the database\n", path)
	case n == 1:
		c.printf("[3rd Party] %s: 1 sig \n", name)
	default:
		c.printf("[3rd Party] %s: %d sigs\n", name, n)
	}
	return n
}

func header(path string) (cvd.Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return cvd.Header{}, err
	}
	defer f.Close()
	return cvd.ReadHeader(f)
}

// countLines counts lines that are no comments, as clamconf does.
func countLines(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	br := bufio.NewReader(io.LimitReader(f, maxLoose))
	n, start := 0, true
	for {
		part, err := br.ReadSlice('\n')
		if start && len(part) > 0 && part[0] != '#' {
			n++
		}
		start = len(part) > 0 && part[len(part)-1] == '\n'
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return n, err
		}
	}
}
