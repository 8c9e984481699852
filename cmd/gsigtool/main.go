// Gsigtool looks into signature databases and makes private ones, with sigtool's
// options, lines and exit codes.
package main

import (
	"context"
	"os"

	"gclam/internal/cli"
	"gclam/internal/config"
)

func main() {
	if len(os.Args) > 1 {
		if sub := subcommands()[os.Args[1]]; sub != nil {
			os.Exit(sub(context.Background(), os.Args[2:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		}
	}
	if len(os.Args) == 1 {
		// sigtool without arguments shows its help, and fails.
		c := command()
		c.Execute(context.Background(), []string{os.Args[0], "--help"}, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
		os.Exit(1)
	}
	cli.Main(command())
}

// notes are the part of the help that sigtool's does not have.
const notes = `Compiled databases:
    sigtool compile DIR|FILE... -o IMAGE   Compile databases into one file
    sigtool inspect IMAGE [--json]         Show what a compiled database is made of
`

func command() cli.Command {
	return cli.Command{
		Program: config.Sigtool, Name: "sigtool", Title: "Signature Tool", Usage: "[options]",
		UsageExit: 1, HelpColumns: [2]int{23, 16}, Run: run, Notes: notes,
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
		{"md5", (*tool).md5},
		{"sha1", (*tool).sha1},
		{"sha256", (*tool).sha256},
		{"sha2-256", (*tool).sha256},
		{"mdb", (*tool).sectionHashes},
		{"imp", (*tool).importHash},
		{"fuzzy-img", (*tool).imageHash},
		{"html-normalise", (*tool).htmlNormalise},
		{"ascii-normalise", (*tool).asciiNormalise},
		{"utf16-decode", (*tool).utf16Decode},
		{"build", (*tool).build},
		{"sign", (*tool).sign},
		{"verify", (*tool).verify},
		{"unpack", (*tool).unpack},
		{"unpack-current", (*tool).unpackCurrent},
		{"info", (*tool).info},
		{"list-sigs", (*tool).listSigs},
		{"find-sigs", (*tool).findSigs},
		{"decode-sigs", (*tool).decodeSigs},
		{"test-sigs", (*tool).testSigs},
		{"diff", (*tool).diff},
		{"compare", (*tool).compare},
		{"run-cdiff", (*tool).runCdiff},
		{"verify-cdiff", (*tool).verifyCdiff},
		{"vba", (*tool).macros},
		{"vba-hex", (*tool).macros},
		{"print-certs", (*tool).printCerts},
	}
}

// tool is one run.
type tool struct {
	in  *cli.Invocation
	ctx context.Context
}

func run(ctx context.Context, in *cli.Invocation) (code int) {
	t := &tool{in: in, ctx: ctx}
	if in.Values.Bool("stdout") {
		in.Err = in.Out
	}
	flush := buffer(&in.Streams)
	defer func() {
		if flush() != nil && code == 0 {
			code = 1
		}
	}()
	for _, a := range actions() {
		if in.Values.IsSet(a.option) {
			return a.run(t)
		}
	}
	return command().Execute(ctx, []string{in.Argv0, "--help"}, in.Streams) | 1
}

// libError prints a line as the reference's library does.
func (t *tool) libError(text string) {
	_, _ = t.in.Err.Write([]byte("LibClamAV Error: " + text + "\n"))
}
