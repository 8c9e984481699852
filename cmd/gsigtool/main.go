// Gsigtool looks into signature databases and makes private ones, with sigtool's
// options, lines and exit codes.
package main

import (
	"context"
	"os"
	"strings"

	"gclam/internal/cli"
	"gclam/internal/config"
)

func main() {
	if len(os.Args) == 1 {
		// sigtool without arguments shows its help, and fails.
		c := command()
		c.Execute(context.Background(), []string{os.Args[0], "--help"}, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
		os.Exit(1)
	}
	cli.Main(command())
}

func command() cli.Command {
	return cli.Command{
		Program: config.Sigtool, Name: "sigtool", Title: "Signature Tool", Usage: "[options]",
		UsageExit: 1, HelpColumns: [2]int{23, 16}, Run: run,
	}
}

// action is one thing that sigtool does.
type action struct {
	option string
	run    func(*tool) int
}

func actions() []action {
	return []action{
		{"hex-dump", (*tool).hexDump},
		{"md5", (*tool).md5}, {"sha1", (*tool).sha1}, {"sha256", (*tool).sha256}, {"sha2-256", (*tool).sha256},
		{"build", (*tool).build},
		{"sign", (*tool).sign}, {"verify", (*tool).verify},
		{"unpack", (*tool).unpack}, {"unpack-current", (*tool).unpackCurrent},
		{"info", (*tool).info},
		{"list-sigs", (*tool).listSigs}, {"find-sigs", (*tool).findSigs},
		{"decode-sigs", (*tool).decodeSigs}, {"test-sigs", (*tool).testSigs},
		{"diff", (*tool).diff}, {"compare", (*tool).compare},
		{"run-cdiff", (*tool).runCdiff}, {"verify-cdiff", (*tool).verifyCdiff},
	}
}

// tool is one run.
type tool struct {
	in  *cli.Invocation
	ctx context.Context
}

func run(ctx context.Context, in *cli.Invocation) int {
	t := &tool{in: in, ctx: ctx}
	if in.Values.Bool("stdout") {
		in.Err = in.Out
	}
	for _, a := range actions() {
		if in.Values.IsSet(a.option) {
			return a.run(t)
		}
	}
	for _, name := range notYet() {
		if in.Values.IsSet(name) {
			in.Errorf("--%s is not supported yet", name)
			return 1
		}
	}
	return command().Execute(ctx, []string{in.Argv0, "--help"}, in.Streams) | 1
}

// notYet are options of sigtool that need parts of the engine that it keeps to
// itself.
func notYet() []string {
	return strings.Fields("mdb imp fuzzy-img html-normalise ascii-normalise utf16-decode vba vba-hex print-certs")
}

// libError prints a line as the reference's library does.
func (t *tool) libError(text string) {
	_, _ = t.in.Err.Write([]byte("LibClamAV Error: " + text + "\n"))
}
