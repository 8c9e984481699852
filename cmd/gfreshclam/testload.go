package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"gclam/cvd/update"
	"gclam/engine"
)

const (
	// loadArgument makes the program a child that loads one database and exits.
	loadArgument  = "--gfreshclam-load"
	loadTimeout   = 30 * time.Minute
	maxLoadOutput = 1 << 20 // bytes of the child's messages that are looked at
)

// testLoad loads a candidate in a child process, so that no database can take the
// updater down with it.
func (a *app) testLoad(ctx context.Context, path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	args := []string{loadArgument, path}
	if !a.v.Bool("Bytecode") {
		args = append(args, "no-bytecode")
	}
	cmd := exec.CommandContext(ctx, self, args...)
	out := &limitedBuffer{}
	cmd.Stderr = out
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if err == nil {
		a.log.Debugf("Properly loaded signatures from %s", path)
		return nil
	}
	first, last := firstAndLast(out.Bytes())
	if first == "" {
		first, last = err.Error(), err.Error()
	}
	return &update.TestError{First: first, Last: last}
}

// limitedBuffer keeps the beginning of what is written to it, and its last line.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxLoadOutput {
		// Keep the head and make room for the tail, where the reason is.
		b.Truncate(min(b.Len(), maxLoadOutput/2))
		if len(p) > maxLoadOutput/2 {
			_, _ = b.Buffer.Write(p[len(p)-maxLoadOutput/2:])
			return len(p), nil
		}
	}
	_, _ = b.Buffer.Write(p)
	return len(p), nil
}

func firstAndLast(b []byte) (first, last string) {
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, maxLoadOutput)
	for sc.Scan() {
		s := strings.TrimSpace(sc.Text())
		if s == "" {
			continue
		}
		if first == "" {
			first = s
		}
		last = s
	}
	return first, last
}

// loadChild is the child's whole life. Its messages go to w.
func loadChild(args []string, w io.Writer) int {
	if len(args) == 0 {
		return 2
	}
	limitChild()
	o := engine.LoadOptions{
		Bytecode: engine.BytecodePolicy{Disabled: len(args) > 1},
		PUA:      engine.PUAPolicy{Enabled: true}, // whoever loads it later may take all
		Message: func(l slog.Level, text string) {
			if l >= slog.LevelWarn {
				fmt.Fprintf(w, "WARNING: [LibClamAV] %s\n", text)
			}
		},
	}
	e, err := engine.Load(context.Background(), args[0], o)
	if err != nil {
		fmt.Fprintf(w, "ERROR: Failed to load new database: %s\n", loadText(err))
		return 1
	}
	_ = e.Close()
	return 0
}

// loadText is ClamAV's text for a failed load.
func loadText(err error) string {
	var de *engine.DatabaseError
	if errors.As(err, &de) && de.Text != "" {
		return de.Text
	}
	return err.Error()
}
