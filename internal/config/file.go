package config

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Limits of configuration files.
const (
	MaxFileBytes = 4 << 20
	// MaxLineBytes is ClamAV's line buffer. ClamAV takes the rest of a longer line
	// as another line; here it is refused, and in comments harmless.
	MaxLineBytes = 1023
)

// ParseError is a fault of a configuration file. Text is ClamAV's message without
// "ERROR: ". A file that cannot be opened gives an *os.PathError instead; ClamAV
// programs then print only their "Can't open/parse" line.
type ParseError struct {
	Text string
}

// Error implements error.
func (e *ParseError) Error() string { return e.Text }

// FileParser reads one kind of configuration file.
type FileParser struct {
	Program Program // Clamd or Freshclam
	Strict  bool    // refuse what only older versions accepted, as 1.4 does
}

// ParseFile reads a clamd.conf (Clamd) or freshclam.conf (Freshclam), accepting
// what older versions accepted. It stops at the first error; the warnings until
// then are returned with it. The Values are not nil.
func ParseFile(path string, file Program) (*Values, []Warning, error) {
	return FileParser{Program: file}.ParseFile(path)
}

// ParseFile is the function ParseFile with the parser's strictness.
func (p FileParser) ParseFile(path string) (*Values, []Warning, error) {
	f, err := os.Open(path)
	if err != nil {
		return newValues(p.Program), nil, err
	}
	defer f.Close()
	return p.Parse(f, path)
}

// Parse reads a configuration from r; name stands for the file in messages.
func (p FileParser) Parse(r io.Reader, name string) (*Values, []Warning, error) {
	st := &fileState{FileParser: p, name: name, v: newValues(p.Program)}
	lim := &io.LimitedReader{R: r, N: MaxFileBytes + 1}
	br := bufio.NewReader(lim)
	for {
		line, err := br.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return st.v, st.warns, fmt.Errorf("%s: %w", name, err)
		}
		if lim.N <= 0 {
			return st.v, st.warns, &ParseError{fmt.Sprintf("Configuration file %s is larger than %d bytes", name, MaxFileBytes)}
		}
		st.no++
		if perr := st.line(line); perr != nil {
			return st.v, st.warns, perr
		}
		if err != nil {
			return st.v, st.warns, nil
		}
	}
}

// fileState is the state of one Parse.
type fileState struct {
	FileParser
	name  string
	no    int // line, 1-based
	v     *Values
	warns []Warning
}

func (st *fileState) at() string { return st.name + ":" + strconv.Itoa(st.no) }

func (st *fileState) fail(format string, a ...any) error {
	return &ParseError{fmt.Sprintf(format, a...)}
}

func (st *fileState) warn(k WarningKind, format string, a ...any) {
	st.warns = append(st.warns, Warning{k, fmt.Sprintf(format, a...)})
}

// line handles one line with its LF, if it has one.
func (st *fileState) line(line string) error {
	line = strings.TrimLeft(line, " \t")
	if len(line) <= 2 || line[0] == '#' || strings.TrimRight(line, " \t\r\n") == "" {
		return nil
	}
	if strings.HasPrefix(line, "Example") {
		return st.fail("Please edit the example config file %s", st.name)
	}
	if len(line) > MaxLineBytes {
		return st.fail("Line too long at %s", st.at())
	}
	line = strings.TrimRight(line, " \t\r\n")
	name, value := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		name, value = line[:i], strings.Trim(line[i:], " \t")
	}
	return st.entry(name, value)
}

// entry handles a name with its raw value.
func (st *fileState) entry(name, value string) error {
	if o := fileOption(st.Program, name); o != nil {
		return st.known(o, name, value)
	}
	if dep, ok := st.deprecated(name); ok {
		if value == "" && st.Strict {
			return st.fail("Missing argument for option at %s", st.at())
		}
		st.warn(Known, "Ignoring deprecated option %s at %s", dep, st.at())
		return nil
	}
	if i := slices.IndexFunc(removedFile(st.Program), func(o oldOption) bool { return o.name == name }); i >= 0 && !st.Strict {
		return st.removed(removedFile(st.Program)[i], value)
	}
	if value == "" {
		return st.fail("Missing argument for option at %s", st.at())
	}
	return st.fail("Parse error at %s: Unknown option %s", st.at(), name)
}

// known handles an option of today.
func (st *fileState) known(o *Option, name, value string) error {
	value, err := st.unquote(o, name, value)
	if err != nil {
		return err
	}
	if value == "" {
		return st.bare(o, name)
	}
	s, high, ok := parseValue(o, value)
	if !ok {
		return st.fail("Incorrect argument format for option %s", name)
	}
	if high {
		st.warn(Known, "Numerical value for option %s too high, resetting to %d", name, int64(NoLimit))
	}
	st.v.add(o, s)
	return nil
}

// unquote takes off quotes, and behind values other than strings a comment.
func (st *fileState) unquote(o *Option, name, value string) (string, error) {
	if strings.HasPrefix(value, `"`) {
		end := strings.LastIndexByte(value, '"')
		switch end {
		case 0:
			return "", st.fail("Missing closing parenthesis in option %s at %s", name, st.at())
		case 1:
			return "", st.fail("Empty argument for option %s at %s", name, st.at())
		}
		return value[1:end], nil
	}
	if o.Kind != String && !st.Strict {
		value, _, _ = strings.Cut(value, "#")
		value = strings.TrimRight(value, " \t")
	}
	return value, nil
}

// bare handles a name alone: until 0.88 that was how booleans were switched on,
// and NotifyClamd took its default.
func (st *fileState) bare(o *Option, name string) error {
	if st.Strict || o.Kind != Bool && !o.OptArg {
		return st.fail("Missing argument for option at %s", st.at())
	}
	value := "yes"
	if o.OptArg {
		value = o.Default
	}
	s, _, _ := parseValue(o, value)
	st.v.add(o, s)
	st.warn(Tolerated, "Option %s without a value at %s, taken as %q", name, st.at(), value)
	return nil
}

// deprecated finds a name that ClamAV itself ignores, and the name it prints.
func (st *fileState) deprecated(name string) (string, bool) {
	switch name {
	case "detect-broken":
		name = "DetectBrokenExecutables"
	case "mail-follow-urls":
		name = "MailFollowURLs"
	}
	return name, slices.Contains(deprecatedFile(st.Program), name)
}

// removed handles an option that no longer exists.
func (st *fileState) removed(old oldOption, value string) error {
	if old.effect != nil {
		if on, ok := parseBool(value); !ok || on != 0 {
			old.effect(st.v)
		}
		st.warn(Tolerated, "Option %s at %s is of an old version; please update the configuration", old.name, st.at())
		return nil
	}
	o := Lookup(old.to)
	if old.to == "" || o == nil {
		st.warn(Tolerated, "Ignoring removed option %s at %s", old.name, st.at())
		return nil
	}
	value, err := st.unquote(o, old.name, value)
	if err != nil {
		return err
	}
	if value == "" {
		return st.fail("Missing argument for option at %s", st.at())
	}
	s, _, ok := parseValue(o, value)
	if !ok {
		return st.fail("Incorrect argument format for option %s", old.name)
	}
	if old.scale > 1 {
		s.num = min(s.num*old.scale, maxNumber)
		s.text = strconv.FormatInt(s.num, 10)
	}
	if def, _, _ := parseValue(o, o.Default); old.raise && s.num < def.num {
		st.warn(Tolerated, "Ignoring removed option %s at %s: its limit is below today's default of %s", old.name, st.at(), old.to)
		return nil
	}
	st.v.add(o, s)
	st.warn(Tolerated, "Option %s at %s is of an old version, taken as %s %s", old.name, st.at(), old.to, s.text)
	return nil
}
