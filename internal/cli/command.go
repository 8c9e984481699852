package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"gclam/internal/config"
)

// Compatibility is the ClamAV version that --version and help claim to scripts.
const Compatibility = "1.4.6"

// Version is our own version, shown by --gclam-version only.
const Version = "0.1.0"

// FunctionalityLevel is the engine level that we claim, for programs that do not
// link the engine.
const FunctionalityLevel = 216

// ExitError is the exit code for everything that went wrong.
const ExitError = 2

// Command describes one program. Program, Name and Run are required.
type Command struct {
	Program config.Program
	Name    string // ClamAV's name: "clamscan"
	Title   string // for the head of the help: "Scanner"
	Usage   string // arguments: "[options] [file/directory/-]"
	Notes   string // text below the list of options
	// HelpColumns are the widths of long and short options in the help; zero means
	// clamscan's. Some programs always had others.
	HelpColumns [2]int

	// UsageExit is the exit code of a wrong command line; 0 means 2. It was 1 in
	// some programs from the beginning.
	UsageExit int
	// UsageToStdout prints "Can't parse command line options" to stdout, as
	// clamconf does.
	UsageToStdout bool
	// Codes are further exit codes that Run may return besides 0, 1 and 2. Others
	// become 2.
	Codes []int

	// Version returns --version's line; nil means "ClamAV " + Compatibility.
	Version func(context.Context, *Invocation) string
	// Run does the work and returns the exit code.
	Run func(context.Context, *Invocation) int
}

// Streams are a process's standard streams.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Invocation is one run of a Command.
type Invocation struct {
	Streams
	Values *config.Values // checked options
	Args   []string       // other words
	Argv0  string
}

// Terminal tells whether stdout is a terminal.
func (in *Invocation) Terminal() bool { return IsTerminal(in.Out) }

// Errorf prints an "ERROR: " line to stderr.
func (in *Invocation) Errorf(format string, a ...any) {
	fmt.Fprintf(in.Err, "ERROR: "+format+"\n", a...)
}

// Warnf prints a "WARNING: " line to stderr.
func (in *Invocation) Warnf(format string, a ...any) {
	fmt.Fprintf(in.Err, "WARNING: "+format+"\n", a...)
}

// Main runs c with the process's arguments and streams, and exits.
func Main(c Command) {
	os.Exit(c.Execute(context.Background(), os.Args, Streams{os.Stdin, os.Stdout, os.Stderr}))
}

// Execute runs c with argv, whose first word is the program's name as called, and
// returns the exit code.
func (c Command) Execute(ctx context.Context, argv []string, s Streams) (code int) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(s.Err, "ERROR: Internal error: %v\n%s", v, debug.Stack())
			code = ExitError
		}
	}()
	argv0 := c.Name
	if len(argv) > 0 {
		argv0, argv = argv[0], argv[1:]
	}
	v, warns, err := config.ParseArgs(c.Program, argv0, argv)
	for _, w := range warns {
		fmt.Fprintf(s.Err, "WARNING: %s\n", w.Text)
	}
	if err != nil {
		return c.usage(err, s)
	}
	in := &Invocation{Streams: s, Values: v, Args: v.Args(), Argv0: argv0}
	return c.allowed(c.dispatch(ctx, in))
}

// usage reports a wrong command line.
func (c Command) usage(err error, s Streams) int {
	var ue *config.UsageError
	if errors.As(err, &ue) {
		for _, l := range ue.Lines {
			fmt.Fprintln(s.Err, l)
		}
	}
	w := s.Err
	if c.UsageToStdout {
		w = s.Out
	}
	fmt.Fprintln(w, "ERROR: Can't parse command line options")
	if c.UsageExit != 0 {
		return c.UsageExit
	}
	return ExitError
}

// dispatch hands the parsed command line to cobra, which runs the command.
func (c Command) dispatch(ctx context.Context, in *Invocation) int {
	code := ExitError
	root := c.cobra(in.Streams)
	root.RunE = func(cmd *cobra.Command, args []string) error {
		in.Args = args
		switch {
		case in.Values.Bool("gclam-version"):
			fmt.Fprintf(in.Out, "gclam %s (compatible with ClamAV %s; %s %s/%s)\n", Version, Compatibility,
				runtime.Version(), runtime.GOOS, runtime.GOARCH)
		case in.Values.Bool("version"):
			fmt.Fprintln(in.Out, c.version(ctx, in))
		default:
			code = c.Run(cmd.Context(), in)
			return nil
		}
		code = 0
		return nil
	}
	root.SetArgs(in.Values.Canonical())
	if err := root.ExecuteContext(ctx); err != nil {
		in.Errorf("%v", err)
		return ExitError
	}
	if in.Values.Bool("help") {
		return 0
	}
	return code
}

func (c Command) version(ctx context.Context, in *Invocation) string {
	if c.Version == nil {
		return "ClamAV " + Compatibility
	}
	return c.Version(ctx, in)
}

// allowed maps codes that scripts do not know to ExitError.
func (c Command) allowed(code int) int {
	if code >= 0 && code <= 2 || slices.Contains(c.Codes, code) {
		return code
	}
	return ExitError
}

// cobra builds the command with all its flags.
func (c Command) cobra(s Streams) *cobra.Command {
	root := &cobra.Command{
		Use:           c.Name + " " + c.Usage,
		Short:         c.Title,
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetHelpFunc(func(*cobra.Command, []string) { c.help(s.Out) })
	fs := root.Flags()
	fs.SortFlags = false
	for _, o := range config.CommandOptions(c.Program) {
		short := ""
		if o.Short != 0 {
			short = string(o.Short)
		}
		f := fs.VarPF(&flagValue{kind: o.Kind}, o.Long, short, o.Describe())
		f.Hidden = o.Hidden
		f.DefValue = o.Default
	}
	return root
}

// flagValue keeps what cobra needs to know of an option; the checked values are in
// Invocation.Values.
type flagValue struct {
	kind config.Kind
	text string
}

// String implements pflag.Value; cobra itself reads the flag "help" through it.
func (f *flagValue) String() string {
	if f.kind != config.Bool {
		return f.text
	}
	if config.IsYes(f.text) {
		return "true"
	}
	return "false"
}

// Set implements pflag.Value.
func (f *flagValue) Set(s string) error { f.text = s; return nil }

// Type implements pflag.Value; cobra asks for "bool" where it needs one.
func (f *flagValue) Type() string {
	if f.kind == config.Bool {
		return "bool"
	}
	return "text"
}
