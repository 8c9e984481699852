package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
)

// maxListLine is the longest path of a --file-list; the reference cuts there, too.
const maxListLine = 1023

// fileList scans the paths of a file, one a line. The reference takes an empty line
// as the path "\n"; the message about it is part of what scripts see.
func (a *app) fileList(ctx context.Context, path string) int {
	var r io.Reader = a.in.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			a.log.Errorf("--file-list: Can't open file %s", path)
			return exitFileList
		}
		defer f.Close()
		r = f
	}
	br := bufio.NewReaderSize(r, 4096)
	for ctx.Err() == nil {
		line, err := readListLine(br)
		if line != "" {
			a.argument(ctx, listPath(line))
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				a.log.Errorf("--file-list: Can't read file %s", path)
				a.bad = true
			}
			break
		}
	}
	return 0
}

// readListLine returns a line with its LF; what is longer than maxListLine is cut.
func readListLine(br *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		part, err := br.ReadSlice('\n')
		if room := maxListLine + 1 - b.Len(); len(part) > room {
			part = part[:room]
		}
		b.Write(part)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return b.String(), err
		}
	}
}

// listPath strips the line's end.
func listPath(line string) string {
	p := strings.TrimRight(line, "\r\n")
	if p == "" {
		return "\n"
	}
	return p
}
