package config

import (
	"fmt"
	"strings"
)

// UsageError is a fault of the command line. Lines are complete, in ClamAV's
// words, for stderr; the program adds its own "ERROR: Can't parse command line
// options" and its exit code.
type UsageError struct {
	Lines []string
}

// Error implements error.
func (e *UsageError) Error() string { return strings.Join(e.Lines, "\n") }

// ParseArgs parses a command line as GNU getopt_long does: long options may be
// abbreviated, short ones joined, options may follow other words, "--" ends them.
// argv0 begins the messages; argv are the words after it. It stops at the first
// error; warnings until then are returned with it. The Values are not nil.
func ParseArgs(p Program, argv0 string, argv []string) (*Values, []Warning, error) {
	st := &argState{prog: p, argv0: argv0, rest: argv, v: newValues(p)}
	for len(st.rest) > 0 {
		word := st.rest[0]
		st.rest = st.rest[1:]
		var err error
		switch {
		case word == "--":
			st.v.args = append(st.v.args, st.rest...)
			st.rest = nil
		case strings.HasPrefix(word, "--"):
			err = st.long(word)
		case len(word) > 1 && word[0] == '-':
			err = st.shorts(word[1:])
		default:
			st.v.args = append(st.v.args, word)
		}
		if err != nil {
			return st.v, st.warns, err
		}
	}
	return st.v, st.warns, nil
}

// argState is the state of one ParseArgs.
type argState struct {
	prog  Program
	argv0 string
	rest  []string
	v     *Values
	warns []Warning
}

// argSpec is a command-line name of any standing: current, ignored or old.
type argSpec struct {
	opt   *Option // nil for old ones
	long  string
	short byte
	arg   bool   // takes a following word
	warn  string // word for the warning; "" if it counts
	kind  WarningKind
	tier  int // 0: of 1.4; 1: new; 2: only by its full name
}

// specs lists everything the program's command line accepts.
func (st *argState) specs() []argSpec {
	var out []argSpec
	for _, o := range table() {
		if o.Long == "" {
			continue
		}
		s := argSpec{opt: o, long: o.Long, short: o.Short, arg: o.takesArg()}
		if o.New {
			s.tier = 1
		}
		switch {
		case o.Cmd&st.prog != 0:
			out = append(out, s)
		case o.Ignored&st.prog != 0:
			s.warn = "unsupported"
			out = append(out, s)
		}
	}
	for _, d := range deprecatedArgs(st.prog) {
		out = append(out, argSpec{long: d.long, short: d.short, arg: d.arg, warn: "deprecated"})
	}
	if st.prog == Clamdscan {
		for _, d := range clamscanDeprecated() {
			out = append(out, argSpec{long: d.long, short: d.short, arg: d.arg, warn: "unsupported"})
		}
	}
	for _, d := range historicArgs(st.prog) {
		out = append(out, argSpec{long: d.long, short: d.short, arg: d.arg, warn: "removed", kind: Tolerated, tier: 2})
	}
	return out
}

// long handles "--name", "--name=value" and abbreviations.
func (st *argState) long(word string) error {
	name, value, joined := strings.Cut(word[2:], "=")
	var spec *argSpec
	var candidates []argSpec
	all := st.specs()
	for i := range all {
		if all[i].long == name && (spec == nil || all[i].tier < spec.tier) {
			spec = &all[i]
		}
	}
	for tier := 0; spec == nil && tier < 2 && len(candidates) == 0; tier++ {
		for _, s := range all {
			if s.tier == tier && strings.HasPrefix(s.long, name) {
				candidates = append(candidates, s)
			}
		}
	}
	switch {
	case spec != nil:
	case len(candidates) == 1:
		spec = &candidates[0]
	case len(candidates) > 1:
		return st.usage(fmt.Sprintf("option `%s' is ambiguous", word), "Unknown option passed")
	default:
		return st.usage(fmt.Sprintf("unrecognized option `%s'", word), "Unknown option passed")
	}
	if !joined && spec.arg {
		if len(st.rest) == 0 {
			return st.usage(fmt.Sprintf("option `--%s' requires an argument", spec.long), "Incomplete option passed (missing argument)")
		}
		value, joined, st.rest = st.rest[0], true, st.rest[1:]
	}
	return st.apply(spec, value, joined)
}

// shorts handles the letters of one word behind "-".
func (st *argState) shorts(letters string) error {
	for i := 0; i < len(letters); i++ {
		spec := st.short(letters[i])
		if spec == nil {
			return st.usage(fmt.Sprintf("illegal option -- %c", letters[i]), "Unknown option passed")
		}
		if spec.opt == nil || spec.opt.Kind == Bool {
			if err := st.apply(spec, "", false); err != nil {
				return err
			}
			continue
		}
		value, joined := letters[i+1:], i+1 < len(letters)
		if !joined && spec.arg {
			if len(st.rest) == 0 {
				return st.usage(fmt.Sprintf("option requires an argument -- %c", letters[i]), "Incomplete option passed (missing argument)")
			}
			value, joined, st.rest = st.rest[0], true, st.rest[1:]
		}
		return st.apply(spec, value, joined)
	}
	return nil
}

func (st *argState) short(c byte) *argSpec {
	var best *argSpec
	for _, s := range st.specs() {
		if s.short == c && (best == nil || s.tier < best.tier) {
			best = &s
		}
	}
	return best
}

// apply records an option; joined tells whether there is a value.
func (st *argState) apply(spec *argSpec, value string, joined bool) error {
	if spec.warn != "" {
		name := (&Option{Long: spec.long, Short: spec.short}).dashed()
		st.warns = append(st.warns, Warning{spec.kind, "Ignoring " + spec.warn + " option " + name})
		return nil
	}
	o := spec.opt
	if !joined {
		switch {
		case o.Kind == Bool:
			value = "yes"
		case o.OptArg:
			value = o.Default
		}
	}
	if o.Kind == String && value == "" {
		return &UsageError{[]string{"ERROR: Option " + o.dashed() + " requires a non-empty string argument"}}
	}
	s, high, ok := parseValue(o, value)
	if !ok {
		return &UsageError{[]string{"ERROR: Incorrect argument format for option " + o.dashed()}}
	}
	if high {
		st.warns = append(st.warns, Warning{Known, fmt.Sprintf("Numerical value for option %s too high, resetting to %d", o.Long, int64(NoLimit))})
	}
	st.v.add(o, s)
	return nil
}

func (st *argState) usage(what, why string) error {
	return &UsageError{[]string{st.argv0 + ": " + what, "ERROR: " + why}}
}
