package sig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// DefaultLevel is the functionality level of ClamAV 1.4.6.
const DefaultLevel = 216

// Options says which signatures a Loader takes. The zero value takes what
// clamscan takes by default.
type Options struct {
	// Level is the functionality level compared with levels in signatures; 0 means DefaultLevel.
	Level       int
	PUA         PUA
	NoPhishing  bool // leave out body signatures named HTML.Phishing… and Email.Phishing…
	NoPhishURLs bool // leave out .pdb, .wdb and .gdb
	Bytecode    BytecodeMode
	NoCerts     bool // leave out .crb and .cat
	// Include opens a file that a YARA rule file includes; from is the path of the
	// including file. nil finds none.
	Include func(from, name string) ([]byte, error)
	// CheckBytecode judges the program text behind header and trigger. It returns
	// ClamAV's messages when the program is malformed. nil accepts every program.
	CheckBytecode func(source []byte) (messages []string)
	// Message receives warnings and errors in ClamAV's words, without a prefix,
	// in the order in which ClamAV prints them. nil drops them.
	Message func(level slog.Level, text string)
}

// PUA selects signatures of potentially unwanted applications.
type PUA struct {
	Enabled bool     // load .ndu, .ldu, .hdu, .hsu, .mdu and .msu at all
	Include []string // only these categories; empty means all
	Exclude []string // all but these
}

// BytecodeMode says which bytecode programs are loaded.
type BytecodeMode uint8

// The bytecode modes.
const (
	BytecodeSigned   BytecodeMode = iota // only from signed containers
	BytecodeUnsigned                     // all
	BytecodeOff                          // none, without a message
)

// Source says where a database comes from.
type Source struct {
	Path        string // as messages show it; "" means the name given to Load
	Official    bool   // from a container whose signature was verified
	InContainer bool   // member of a container
}

// Loader reads database files and hands accepted records to a Sink. It keeps
// what later files depend on: ignore lists, rule names, counters. It is not
// safe for concurrent use.
type Loader struct {
	opt      Options
	sink     Sink
	pua      string // joined categories, "" without category options
	ignored  map[string]*ignoreEntry
	rules    map[string]bool // identifiers of YARA rules
	magic    bool            // an .ftm was loaded
	startup  bool            // a startup bytecode was loaded
	bytecode int             // programs handed over
}

// NewLoader returns a Loader that gives records to sink.
func NewLoader(o Options, sink Sink) *Loader {
	if o.Level == 0 {
		o.Level = DefaultLevel
	}
	l := &Loader{opt: o, sink: sink, ignored: map[string]*ignoreEntry{}, rules: map[string]bool{}}
	l.pua = joinCategories(o.PUA)
	return l
}

// HasMagic tells whether a file type database was loaded. If not, the built-in
// definitions apply: see BuiltinMagic.
func (l *Loader) HasMagic() bool { return l.magic }

// LineError reports a database that ClamAV would refuse; it ends the load.
type LineError struct {
	Path string // as in Source.Path
	Line int    // 1-based; 0 when the file as a whole is refused
	Text string // ClamAV's text for the error, such as "Malformed database"
	// Chain is every error message that ClamAV prints for it, without prefix,
	// ending with "Can't load PATH: TEXT". All have been given to Options.Message.
	Chain []string
}

// Error implements error.
func (e *LineError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Text)
	}
	return e.Path + ": " + e.Text
}

// refusal is the outcome of a line that ends the load: ClamAV's error text.
type refusal string

func (r refusal) Error() string { return string(r) }

// ClamAV's texts for the errors a database can cause.
const (
	errMalformed refusal = "Malformed database"
	errMemory    refusal = "Can't allocate memory"
	errArgument  refusal = "Invalid argument passed to function"
	errParse     refusal = "Can't parse data"
	errFormat    refusal = "Bad format or broken data"
	errUnknown   refusal = "Unknown error code"
)

// errSkip says that a line is left out without being counted or reported.
var errSkip = errors.New("sig: skipped")

// file is the state of one database file being read.
type file struct {
	*Loader
	name  string // base name, as given to Load
	path  string
	src   Source
	k     kind
	line  int
	count int
	chain []string
	// unended is a message that was printed without its line end.
	unended string
	names   nameArena
	tok     [maxFields]string // scratch of fields
	hash    Hash              // scratch: one record serves all lines
	// sticky state of single formats
	anySerial bool // .crb: an empty serial was seen
	entries   int  // .ftm, .pwdb: entries accepted
	lastSkip  bool // .pwdb: the last entry was skipped for its level
	quiet     bool // the refusal is reported without the line
}

// maxFields is the largest number of fields any format is cut into: a logical
// signature of 64 subsignatures and one field too many.
const maxFields = 68

// ClamAV's log prefixes, and the longest message printed, prefix included. What
// is cut loses its line end, so that the next message stands on the same line.
const (
	errorPrefix   = "LibClamAV Error: "
	warningPrefix = "LibClamAV Warning: "
	maxMessage    = 8191
)

func (f *file) errorf(format string, args ...any) {
	f.message(slog.LevelError, errorPrefix, fmt.Sprintf(format, args...))
}

func (f *file) warnf(format string, args ...any) {
	f.message(slog.LevelWarn, warningPrefix, fmt.Sprintf(format, args...))
}

func (f *file) message(level slog.Level, prefix, text string) {
	if n := maxMessage - len(prefix); len(text) > n {
		f.unended = text[:n]
		return
	}
	if f.unended != "" {
		text = f.unended + prefix + text
		f.unended = ""
	}
	if level == slog.LevelError {
		f.chain = append(f.chain, text)
	}
	if f.opt.Message != nil {
		f.opt.Message(level, text)
	}
}

// Load reads one database file. The extension of name, in any case, decides the
// kind; count is the number of signatures accepted, as "Known viruses" counts.
// The error is a *LineError for a malformed database, otherwise what r or the
// Sink returned; count is 0 then.
func (l *Loader) Load(name string, r io.Reader, src Source) (count int, err error) {
	return l.LoadContext(context.Background(), name, r, src)
}

// LoadContext is Load that ends early when ctx does.
func (l *Loader) LoadContext(ctx context.Context, name string, r io.Reader, src Source) (count int, err error) {
	f := &file{Loader: l, name: baseName(name), path: src.Path, src: src}
	if f.path == "" {
		f.path = name
	}
	k, ok := kindOf(name)
	if !ok {
		f.warnf("cli_load: unknown extension - skipping %s", f.path)
		return 0, nil
	}
	f.k = k
	if skip := f.switchedOff(); skip {
		return 0, nil
	}
	err = f.read(&contextReader{ctx, r})
	if err == nil {
		return f.count, nil
	}
	var bad refusal
	if errors.As(err, &bad) {
		f.errorf("Can't load %s: %s", f.shown(), string(bad))
		return 0, &LineError{Path: f.path, Line: f.line, Text: string(bad), Chain: f.chain}
	}
	return 0, err
}

// shown is the path in messages: of a member of a container only the name.
func (f *file) shown() string {
	if f.src.InContainer {
		return f.name
	}
	return f.path
}

// switchedOff tells whether an option leaves out files of this kind.
func (f *file) switchedOff() bool {
	o := &f.opt
	switch {
	case f.k.pua && !o.PUA.Enabled:
		return true
	case f.k.phish && o.NoPhishURLs:
		return true
	case f.k.certs && o.NoCerts:
		return true
	case f.k.bytecode && o.Bytecode == BytecodeOff:
		return true
	case f.k.bytecode && o.Bytecode == BytecodeSigned && !f.src.Official:
		f.warnf("Only loading signed bytecode, skipping load of unsigned bytecode!")
		f.warnf("Turn on BytecodeUnsigned/--bytecode-unsigned to enable loading of unsigned bytecode")
		return true
	}
	return false
}

// read hands the file to its parser, as a whole or line by line.
func (f *file) read(r io.Reader) error {
	if f.k.whole != nil {
		return f.k.whole(f, r)
	}
	lines := newLineReader(r, max(f.k.size, lineSize), f.src.InContainer)
	for {
		text, err := lines.next()
		if errors.Is(err, io.EOF) {
			return f.finish()
		}
		if err != nil {
			return f.readError(err)
		}
		comment := text != "" && text[0] == '#'
		if !comment || !f.k.uncounted {
			f.line++
		}
		if comment || text == "" && f.k.blankOK {
			continue
		}
		switch err := f.k.parse(f, text); {
		case err == nil:
			f.count += f.k.counts
		case errors.Is(err, errSkip):
		default:
			return f.problem(err)
		}
	}
}

// readError handles what is not a line. Members of containers can end early.
func (f *file) readError(err error) error {
	switch {
	case errors.Is(err, errLongLine), errors.Is(err, errNoLineEnd) && f.line == 0:
		f.errorf("%v", err)
		return f.finish()
	case errors.Is(err, errNoLineEnd):
		return f.finish() // a last line without an end is lost
	case errors.Is(err, errNotRead):
		f.errorf("%v", errNoLineEnd)
		f.errorf("cli_tgzload: File %s not correctly loaded", f.name)
		return errMalformed
	}
	return err
}

// problem ends a load at the current line.
func (f *file) problem(err error) error {
	var bad refusal
	if f.k.problem != "" && !f.quiet && errors.As(err, &bad) {
		f.errorf(f.k.problem, f.line)
	}
	return err
}

// finish applies the rules that concern the file as a whole.
func (f *file) finish() error {
	if f.k.end != nil {
		return f.k.end(f)
	}
	if f.line == 0 && f.k.empty != "" {
		f.errorf("%s", f.k.empty)
		if f.k.icons {
			return f.problem(errMalformed)
		}
		return errMalformed
	}
	return nil
}

// contextReader fails once its context has ended.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
