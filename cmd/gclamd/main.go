package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gclam/clamd"
	"gclam/cvd"
	"gclam/engine"
	"gclam/internal/cli"
	"gclam/internal/config"
)

// Exit codes of the daemon.
const (
	exitOK     = 0
	exitStart  = 1
	exitPID    = 2
	exitMemory = 2
)

func main() {
	cli.Main(cli.Command{
		Program: config.Clamd, Name: "clamd", Title: "Clam AntiVirus Daemon", Usage: "[options]",
		UsageExit: exitStart, Version: versionLine, Run: run,
	})
}

// run is the whole life of the daemon.
func run(ctx context.Context, in *cli.Invocation) int {
	v, ok := readConfig(in)
	if !ok {
		return exitStart
	}
	d := &daemon{in: in, v: v}
	if code, done := d.detach(); done {
		return code
	}
	return d.run(ctx)
}

// configPath returns the configuration file to read.
func configPath(in *cli.Invocation) string {
	if in.Values.IsSet("config-file") {
		return in.Values.String("config-file")
	}
	return clamd.FindConfig()
}

// readConfig reads the configuration file and lays the command line over it. It
// prints the errors; warnings are printed by the process that stays, once.
func readConfig(in *cli.Invocation) (*config.Values, bool) {
	path := configPath(in)
	parser := config.FileParser{Program: config.Clamd, Strict: in.Values.Bool("strict")}
	file, warns, err := parser.ParseFile(path)
	if !detached() {
		for _, w := range warns {
			in.Warnf("%s", w.Text)
		}
	}
	if err != nil {
		if pe, ok := err.(*config.ParseError); ok {
			in.Errorf("%s", pe.Text)
		}
		in.Errorf("Can't open/parse the config file %s", path)
		return nil, false
	}
	return config.Merge(in.Values, file), true
}

// versionLine is the text of --version: the program's version and that of the
// daily database on disk.
func versionLine(_ context.Context, in *cli.Invocation) string {
	v := in.Values
	if file, _, err := config.ParseFile(configPath(in), config.Clamd); err == nil {
		v = config.Merge(v, file)
	}
	line := "ClamAV " + engine.Compatibility
	var best cvd.Header
	for _, ext := range []string{"cvd", "cld", "cud"} {
		if h, ok := databaseHeader(filepath.Join(v.String("DatabaseDirectory"), "daily."+ext)); ok && h.Version > best.Version {
			best = h
		}
	}
	if best.Version > 0 {
		line += fmt.Sprintf("/%d/%s", best.Version, best.Created.Local().Format(time.ANSIC))
	}
	return line
}

// databaseHeader reads the header of a container.
func databaseHeader(path string) (cvd.Header, bool) {
	f, err := os.Open(path)
	if err != nil {
		return cvd.Header{}, false
	}
	defer func() { _ = f.Close() }()
	h, err := cvd.ReadHeader(f)
	return h, err == nil
}
