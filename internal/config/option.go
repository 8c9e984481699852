package config

import (
	"strings"
	"sync"
)

// Program is a set of programs of the suite, named as ClamAV's.
type Program uint16

// The programs. Clamd and Freshclam also name the two configuration files.
const (
	Clamd Program = 1 << iota
	Clamscan
	Clamdscan
	Freshclam
	Sigtool
	Clamconf
)

// Kind is the type of an option's value.
type Kind uint8

// The kinds.
const (
	Bool   Kind = iota // yes, true, 1 / no, false, 0
	Number             // decimal digits
	Size               // bytes: digits and K, M or G; 0 means "no limit"
	String
)

// Option is one row of the option table.
type Option struct {
	Name    string // in configuration files; "" if it exists on command lines only
	Long    string // on command lines, without dashes; "" for none
	Short   byte   // 0 for none
	Kind    Kind
	Default string // as one would write it; "" means not enabled
	Multi   bool   // may be given several times; all values count
	OptArg  bool   // a string whose argument may be left out, which means Default
	Enum    string // allowed values of a string, "A|B", compared without case; "" allows all

	File    Program // configuration files that know it
	Cmd     Program // command lines that know it
	Ignored Program // command lines that take it with the warning "unsupported"

	// New marks options that 1.4 lacks (of 1.5, or our own). They never make an
	// abbreviation ambiguous that 1.4 accepts.
	New    bool
	Hidden bool // for developers; not in generated example files
}

// Key is the name under which Values keeps the option: Name, else Long.
func (o *Option) Key() string {
	if o.Name != "" {
		return o.Name
	}
	return o.Long
}

// dashed is the option as ClamAV's messages spell it on command lines.
func (o *Option) dashed() string {
	if o.Short != 0 {
		return "--" + o.Long + " (-" + string(o.Short) + ")"
	}
	return "--" + o.Long
}

// takesArg tells whether a separate following argument belongs to the option.
func (o *Option) takesArg() bool { return o.Kind != Bool && !o.OptArg }

// allows tells whether s is one of the Enum values.
func (o *Option) allows(s string) bool {
	if o.Enum == "" {
		return true
	}
	for e := range strings.SplitSeq(o.Enum, "|") {
		if strings.EqualFold(e, s) {
			return true
		}
	}
	return false
}

// table returns all options that have an effect, in the order in which clamconf
// lists them. The slice is shared and must not be changed.
var table = sync.OnceValue(func() []*Option {
	var all []*Option
	for _, part := range [][]Option{clamdOptions(), freshclamOptions(), commandOptions(), ownOptions()} {
		for i := range part {
			all = append(all, &part[i])
		}
	}
	return all
})

// byKey indexes table by Option.Key and configuration name. Of command-line
// options that exist twice with different defaults the first is kept.
var byKey = sync.OnceValue(func() map[string]*Option {
	m := make(map[string]*Option)
	for _, o := range table() {
		if _, dup := m[o.Key()]; !dup {
			m[o.Key()] = o
		}
	}
	return m
})

// FileOptions returns the options of a configuration file (Clamd or Freshclam)
// in clamconf's order.
func FileOptions(file Program) []*Option {
	var out []*Option
	for _, o := range table() {
		if o.File&file != 0 {
			out = append(out, o)
		}
	}
	// Freshclam shares rows with clamd; clamconf lists Bytecode last there.
	if file == Freshclam {
		for i, o := range out {
			if o.Name == "Bytecode" {
				return append(append(out[:i:i], out[i+1:]...), o)
			}
		}
	}
	return out
}

// CommandOptions returns the options of a program's command line.
func CommandOptions(p Program) []*Option {
	var out []*Option
	for _, o := range table() {
		if o.Cmd&p != 0 && o.Long != "" {
			out = append(out, o)
		}
	}
	return out
}

// Lookup finds an option by its configuration name or long command-line name;
// nil if there is none.
func Lookup(name string) *Option {
	if o := byKey()[name]; o != nil {
		return o
	}
	for _, o := range table() {
		if o.Long == name {
			return o
		}
	}
	return nil
}

// fileOption finds an option of a configuration file by either spelling.
func fileOption(file Program, name string) *Option {
	for _, o := range table() {
		if o.File&file != 0 && (o.Name == name || o.Long != "" && o.Long == name) {
			return o
		}
	}
	return nil
}
