package main

import (
	"fmt"
	"time"

	"gclam/internal/cli"
	"gclam/internal/logfmt"
	"gclam/internal/quarantine"
)

// dateForm is how the summary writes dates.
const dateForm = "2006:01:02 15:04:05"

// block is the unit in which the reference counts data, in bytes.
const block = 4096

// summary prints the summary, to terminal and log.
func (a *app) summary() {
	end := time.Now()
	if a.v.Bool("no-summary") {
		return
	}
	known := a.known
	if a.db != nil {
		known = a.db.Signatures()
	}
	a.json.summary(a, known, end)
	lines := []string{
		"", "----------- SCAN SUMMARY -----------",
		fmt.Sprintf("Known viruses: %d", known),
		"Engine version: " + cli.Compatibility,
		fmt.Sprintf("Scanned directories: %d", a.count.dirs),
		fmt.Sprintf("Scanned files: %d", a.count.files),
		fmt.Sprintf("Infected files: %d", a.count.infected),
	}
	if a.count.errors > 0 {
		lines = append(lines, fmt.Sprintf("Total errors: %d", a.count.errors))
	}
	if n := a.count.notActed; n > 0 {
		lines = append(lines, fmt.Sprintf("Not %s: %d", notWord(a.quar.Action()), n))
	}
	scanned, read := megabytes(a.count.scanned), megabytes(a.count.read)
	ratio := 0.0
	if read > 0 {
		ratio = scanned / read
	}
	took := end.Sub(a.start)
	lines = append(lines,
		fmt.Sprintf("Data scanned: %.2f MB", scanned),
		fmt.Sprintf("Data read: %.2f MB (ratio %.2f:1)", read, ratio),
		fmt.Sprintf("Time: %.3f sec (%d m %d s)", took.Seconds(), int(took.Minutes()), int(took.Seconds())%60),
		"Start Date: "+a.start.Format(dateForm),
		"End Date:   "+end.Format(dateForm),
	)
	for _, l := range lines {
		a.log.Log(logfmt.Info, l)
	}
}

// notWord keeps the reference's exchanged words: with --copy it says "moved".
func notWord(a quarantine.Action) string {
	switch a {
	case quarantine.Remove:
		return "removed"
	case quarantine.Copy:
		return "moved"
	}
	return "copied"
}

// megabytes rounds down to whole blocks.
func megabytes(n int64) float64 { return float64(n/block*block) / (1 << 20) }
