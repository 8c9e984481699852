package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/internal/config"
)

func run(c Command, argv ...string) (code int, out, errs string) {
	var o, e strings.Builder
	code = c.Execute(context.Background(), append([]string{"P"}, argv...), Streams{strings.NewReader(""), &o, &e})
	return code, o.String(), e.String()
}

func TestExecute(t *testing.T) {
	t.Parallel()
	exit := func(n int) func(context.Context, *Invocation) int {
		return func(_ context.Context, in *Invocation) int {
			in.Out.Write([]byte(strings.Join(in.Args, ",")))
			return n
		}
	}
	tests := []struct {
		name      string
		c         Command
		argv      []string
		code      int
		out, errs string
	}{
		{name: "arguments arrive, even those that look like options", c: Command{Run: exit(1)}, argv: []string{"-r", "a", "--", "-z"}, code: 1, out: "a,-z"},
		{
			name: "a wrong option stops before Run", c: Command{Run: exit(0)}, argv: []string{"--nosuch"}, code: 2,
			errs: "P: unrecognized option `--nosuch'\nERROR: Unknown option passed\nERROR: Can't parse command line options\n",
		},
		{
			name: "some programs say so elsewhere", c: Command{Run: exit(0), UsageExit: 1, UsageToStdout: true}, argv: []string{"-Y"}, code: 1,
			out: "ERROR: Can't parse command line options\n", errs: "P: illegal option -- Y\nERROR: Unknown option passed\n",
		},
		{name: "warnings come first", c: Command{Run: exit(0)}, argv: []string{"--unrar=x", "f"}, out: "f", errs: "WARNING: Ignoring deprecated option --unrar\n"},
		{name: "version", c: Command{Run: exit(1)}, argv: []string{"-V"}, out: "ClamAV 1.4.6\n"},
		{name: "unknown exit codes become 2", c: Command{Run: exit(77)}, code: 2},
		{name: "declared exit codes pass", c: Command{Run: exit(54), Codes: []int{54}}, code: 54},
		{name: "negative exit codes become 2", c: Command{Run: exit(-1)}, code: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.c.Program, tt.c.Name = config.Clamscan, "clamscan"
			code, out, errs := run(tt.c, tt.argv...)
			if code != tt.code {
				t.Errorf("code %d, want %d", code, tt.code)
			}
			if diff := cmp.Diff([]string{tt.out, tt.errs}, []string{out, errs}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAPanicIsExitCodeTwo(t *testing.T) {
	t.Parallel()
	c := Command{Program: config.Clamscan, Name: "clamscan", Run: func(context.Context, *Invocation) int { panic("boom") }}
	code, _, errs := run(c, "f")
	if code != 2 || !strings.HasPrefix(errs, "ERROR: Internal error: boom\n") {
		t.Errorf("code %d, stderr %q", code, errs)
	}
}

func TestHelpKeepsItsColumns(t *testing.T) {
	t.Parallel()
	for _, p := range []config.Program{config.Clamd, config.Clamscan, config.Clamdscan, config.Freshclam, config.Sigtool, config.Clamconf} {
		c := Command{Program: p, Name: "x", Title: "X", Run: func(context.Context, *Invocation) int { return 1 }}
		code, out, errs := run(c, "--help", "ignored")
		if code != 0 || errs != "" {
			t.Errorf("program %d: code %d, stderr %q", p, code, errs)
		}
		if want := "\n    --help                -h             Show this help\n"; !strings.Contains(out, want) {
			t.Errorf("program %d: no line %q in\n%s", p, want, out)
		}
	}
}

func TestEveryVisibleOptionIsDescribed(t *testing.T) {
	t.Parallel()
	undocumented := map[string]bool{
		"gen-mdb": true, "server": true, "sign": true, "verify": true, "key": true, "cert": true, "append": true,
		"hash-hint": true, "hash-alg": true, "file-type-hint": true,
	}
	for _, p := range []config.Program{config.Clamd, config.Freshclam} {
		for _, o := range append(config.FileOptions(p), config.CommandOptions(^config.Program(0))...) {
			if o.Describe() == "" && !undocumented[o.Key()] {
				t.Errorf("%s has no description", o.Key())
			}
		}
	}
}
