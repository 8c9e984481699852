package main

import (
	"bufio"
	"io"

	"gclam/internal/cli"
)

// buffer buffers stdout of a run and keeps its order with stderr: whatever goes to
// stderr flushes stdout first. The returned function flushes at the end.
func buffer(s *cli.Streams) (flush func() error) {
	w := bufio.NewWriterSize(s.Out, 1<<16)
	s.Out, s.Err = w, &flushFirst{w, s.Err}
	return w.Flush
}

type flushFirst struct {
	before *bufio.Writer
	io.Writer
}

// Write implements io.Writer.
func (f *flushFirst) Write(p []byte) (int, error) {
	if err := f.before.Flush(); err != nil {
		return 0, err
	}
	return f.Writer.Write(p)
}
