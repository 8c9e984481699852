package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// bars draws the two bars of loading a database on a terminal, as the reference
// does. They are not drawn when nobody would see them.
type bars struct {
	w     io.Writer // nil draws nothing
	start time.Time
	stage string
	shown time.Time
	full  map[string]bool
}

// Shape of a bar.
const (
	barCells = 25
	barEvery = 50 * time.Millisecond
)

// newBars returns bars for a's terminal.
func newBars(a *app) *bars {
	b := &bars{full: map[string]bool{}}
	hide := a.v.Bool("debug") || a.v.Bool("quiet") || a.v.Bool("infected") || a.v.Bool("no-summary") || a.json != nil
	if a.in.Terminal() && !hide {
		b.w = a.in.Out
	}
	return b
}

// report is engine.LoadOptions.Progress.
func (b *bars) report(stage string, done, total int) {
	if b.w == nil || total <= 0 || b.full[stage] {
		return
	}
	now := time.Now()
	if stage != b.stage {
		if b.stage != "" && !b.full[b.stage] {
			fmt.Fprintln(b.w)
		}
		b.stage, b.start, b.shown = stage, now, time.Time{}
	}
	done = min(max(done, 0), total)
	if done < total && now.Sub(b.shown) < barEvery {
		return
	}
	b.shown = now
	b.draw(done, total)
	if done == total {
		b.full[stage] = true
		fmt.Fprintln(b.w)
	}
}

func (b *bars) draw(done, total int) {
	label, unit := "Loading:  ", "sigs"
	if b.stage == "compile" {
		label, unit = "Compiling:", "tasks"
	}
	took := time.Since(b.start)
	left := time.Duration(0)
	if done > 0 {
		left = took * time.Duration(total-done) / time.Duration(done)
	}
	cells := min(done*barCells/total, barCells-1)
	fmt.Fprintf(b.w, "\r\x1b[?7l%s %4ds, ETA: %3ds [%s>%s] %8s/%s %s    \x1b[?7h", label, int(took.Seconds()), int(left.Seconds()),
		strings.Repeat("=", cells), strings.Repeat(" ", barCells-1-cells), short(done), short(total), unit)
}

// short writes a count with K or M and two decimals.
func short(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.2fM", float64(n)/1e6)
	case n >= 1_000:
		return fmt.Sprintf("%.2fK", float64(n)/1e3)
	}
	return fmt.Sprint(n)
}

// finish completes both bars; a database from the cache needed neither stage.
func (b *bars) finish(signatures int) {
	if b.w == nil {
		return
	}
	n := max(signatures, 1)
	b.report("load", n, n)
	b.report("compile", 1, 1)
	fmt.Fprintln(b.w)
}

// abort leaves a half-drawn bar's line.
func (b *bars) abort() {
	if b.w != nil && b.stage != "" && !b.full[b.stage] {
		fmt.Fprintln(b.w)
	}
}
