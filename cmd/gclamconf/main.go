// Command gclamconf shows the configuration of the suite: settings in
// clamd.conf and freshclam.conf, databases, the system (clamconf 1.4), and explains
// options of today and of old versions.
//
// Exit codes: 0, or 1 for a wrong command line.
package main

import (
	"context"
	"fmt"

	"gclam/internal/cli"
	"gclam/internal/config"
)

func main() { cli.Main(command()) }

// command describes the program to package cli.
func command() cli.Command {
	return cli.Command{
		Program:       config.Clamconf,
		Name:          "clamconf",
		Title:         "Configuration Tool",
		Usage:         "[options]",
		UsageExit:     1,
		UsageToStdout: true,
		Version: func(context.Context, *cli.Invocation) string {
			return "Clam AntiVirus Configuration Tool " + cli.Compatibility
		},
		Run: run,
	}
}

// run is the program behind the command line. It returns the exit code.
func run(_ context.Context, in *cli.Invocation) int {
	switch {
	case in.Values.IsSet("explain"):
		return explain(in, in.Values.String("explain"))
	case in.Values.IsSet("generate-config"):
		generate(in, in.Values.String("generate-config"))
		return 0
	}
	c := &checker{in: in, dir: in.Values.String("config-dir"), onlyChanged: in.Values.Bool("non-default")}
	c.check()
	return 0
}

// explain prints what is known about an option.
func explain(in *cli.Invocation, name string) int {
	text, ok := config.Explain(name)
	if ok {
		fmt.Fprint(in.Out, text)
		return 0
	}
	in.Errorf("Unknown option %s", name)
	for _, s := range config.Similar(name) {
		fmt.Fprintf(in.Err, "Did you mean %s?\n", s)
	}
	return 1
}
