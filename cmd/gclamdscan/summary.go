package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gclam/internal/quarantine"
)

// dateForm is how the summary writes dates.
const dateForm = "2006:01:02 15:04:05"

// maxListLine is the longest path of a --file-list in bytes, as in the reference.
const maxListLine = 1023

// summary prints the summary. The blank line before it ends the results for
// programs that read them.
func (a *app) summary() {
	end := time.Now()
	lines := []string{"", "----------- SCAN SUMMARY -----------", fmt.Sprintf("Infected files: %d", a.infected)}
	if a.errors > 0 {
		lines = append(lines, fmt.Sprintf("Total errors: %d", a.errors))
	}
	if a.notActed > 0 {
		lines = append(lines, fmt.Sprintf("Not %s: %d", a.notWord(), a.notActed))
	}
	took := end.Sub(a.start)
	lines = append(lines,
		fmt.Sprintf("Time: %.3f sec (%d m %d s)", took.Seconds(), int(took.Minutes()), int(took.Seconds())%60),
		"Start Date: "+a.start.Format(dateForm), "End Date:   "+end.Format(dateForm))
	for _, l := range lines {
		a.log.Infof("%s", l)
	}
}

// notWord keeps the reference's exchanged words: with --copy it says "moved".
func (a *app) notWord() string {
	switch a.quar.Action() {
	case quarantine.Remove:
		return "removed"
	case quarantine.Copy:
		return "moved"
	}
	return "copied"
}

// fileList scans the paths in a file, one a line.
func (a *app) fileList(ctx context.Context, path string) {
	f, err := os.Open(path)
	if err != nil {
		// The reference ends with 0 here, and filters take that for "clean".
		a.fail("ERROR", "--file-list: Can't open file "+path)
		return
	}
	defer func() { _ = f.Close() }()
	br := bufio.NewReaderSize(f, maxListLine+1)
	for ctx.Err() == nil {
		line, err := br.ReadSlice('\n')
		switch name := strings.TrimRight(string(line), "\r\n"); {
		case name != "":
			a.argument(ctx, name)
		case len(line) > 0:
			a.argument(ctx, "\n") // the reference's view of an empty line
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if !errors.Is(err, io.EOF) {
				a.fail("ERROR", "--file-list: Can't read file "+path)
			}
			return
		}
	}
}
