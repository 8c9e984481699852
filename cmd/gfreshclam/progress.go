package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

const (
	progressCells = 25
	redrawEvery   = 100 * time.Millisecond
	noWrap        = "\x1b[?7l"
	wrap          = "\x1b[?7h"
)

// progress draws a line for each transfer, as freshclam does on terminals.
type progress struct {
	w     io.Writer
	start time.Time
	drawn time.Time
	done  int64
}

func newProgress(w io.Writer) *progress { return &progress{w: w} }

// update is told about bytes so far and in all (-1 if unknown).
func (p *progress) update(done, total int64) {
	now := time.Now()
	if done < p.done || p.start.IsZero() {
		p.start, p.drawn = now, time.Time{}
	}
	p.done = done
	end := done == total
	if total <= 0 || !end && now.Sub(p.drawn) < redrawEvery {
		return
	}
	p.drawn = now
	fmt.Fprintf(p.w, "%s%s", noWrap, progressLine(now.Sub(p.start), done, total))
	if end {
		fmt.Fprint(p.w, "\n"+wrap)
		p.start, p.done = time.Time{}, 0
		return
	}
	fmt.Fprint(p.w, "\r"+wrap)
}

func progressLine(d time.Duration, done, total int64) string {
	part := float64(done) / float64(total)
	eta := 0.0
	if part > 0 {
		eta = d.Seconds()/part - d.Seconds()
	}
	full := max(0, min(progressCells-1, int(part*progressCells)-1))
	bar := strings.Repeat("=", full) + ">" + strings.Repeat(" ", progressCells-1-full)
	return fmt.Sprintf("Time: %6.1fs, ETA: %6.1fs [%s] %10s/%s", d.Seconds(), math.Max(0, eta), bar, sizeText(done), sizeText(total))
}

func sizeText(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%dB", n)
	case n < 1<<20:
		return fmt.Sprintf("%.2fKiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.2fMiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.2fGiB", float64(n)/(1<<30))
}
