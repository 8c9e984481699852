// Command gclamscan scans files and directories with ClamAV's databases, command
// line, output and exit codes (clamscan 1.4).
//
// Exit codes: 0 nothing found, 1 something infected, 2 an error, 54 the file given
// with --file-list cannot be read.
package main

import (
	"context"
	"os/signal"
	"syscall"

	"gclam/internal/cli"
	"gclam/internal/config"
)

// exitFileList: historical code of an unreadable --file-list.
const exitFileList = 54

func main() { cli.Main(command()) }

// command describes the program to package cli.
func command() cli.Command {
	return cli.Command{
		Program: config.Clamscan,
		Name:    "clamscan",
		Title:   "Scanner",
		Usage:   "[options] [file/directory/-]",
		Codes:   []int{exitFileList},
		Notes: "Without a name the current directory is scanned; - is standard input.\n" +
			"(*) default. Sizes take the suffixes K, M and G.\n" +
			"Exit status: 0 nothing found, 1 infected, 2 error.",
		Version: version,
		Run: func(ctx context.Context, in *cli.Invocation) int {
			ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return run(ctx, in, engineLoader{})
		},
	}
}
