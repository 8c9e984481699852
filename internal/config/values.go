package config

import (
	"strconv"
	"strings"
)

// Values holds checked option values. Read-only use is safe concurrently. A nil
// *Values holds only defaults.
//
// Getters take the configuration name ("MaxFileSize"), or for options of command
// lines only the long name ("recursive"). For an unknown name they return zero.
type Values struct {
	prog    Program // decides between options of one name
	set     map[string][]setting
	args    []string
	scanOff bool // DisableDefaultScanOptions
}

func newValues(p Program) *Values { return &Values{prog: p, set: make(map[string][]setting)} }

// Args returns the command line's words that are no options.
func (v *Values) Args() []string {
	if v == nil {
		return nil
	}
	return v.args
}

// Canonical returns the command line again with every option spelled in full and
// every argument joined: {"--recursive=yes", "--database=x", "--", "file"}.
func (v *Values) Canonical() []string {
	var out []string
	for _, o := range CommandOptions(v.prog) {
		for _, s := range v.set[o.Key()] {
			out = append(out, "--"+o.Long+"="+s.text)
		}
	}
	return append(append(out, "--"), v.args...)
}

// IsSet tells whether the option was given at all, by any spelling.
func (v *Values) IsSet(name string) bool {
	if len(v.given(name)) > 0 {
		return true
	}
	old := oldSpelling(name)
	return old != "" && len(v.given(old)) > 0
}

// Enabled is ClamAV's notion of an option being in force, default included: a
// bool that is yes, a number other than 0, a string that is there.
func (v *Values) Enabled(name string) bool {
	o := v.option(name)
	if o == nil {
		return false
	}
	switch o.Kind {
	case Bool:
		return v.Bool(name)
	case Number, Size:
		return v.first(name).num != 0
	}
	return v.String(name) != ""
}

// Bool returns a yes/no option. A renamed option follows its old spelling unless
// the new one departs from its default.
func (v *Values) Bool(name string) bool {
	now := v.first(name).num != 0
	old := oldSpelling(name)
	if old == "" || len(v.given(old)) == 0 {
		return now
	}
	if o := v.option(name); o != nil && now == (o.Default == "yes") {
		return v.first(old).num != 0
	}
	return now
}

// Int returns a number option; 0 if it has neither value nor default.
func (v *Values) Int(name string) int { return int(v.first(name).num) }

// Size returns a size option in bytes, NoLimit for a configured 0.
func (v *Values) Size(name string) int64 { return v.first(name).num }

// String returns a string option: the first value given, else the default.
func (v *Values) String(name string) string { return v.first(name).text }

// Strings returns all values of a repeatable option; the default counts only if
// none was given.
func (v *Values) Strings(name string) []string {
	var out []string
	for _, s := range v.given(name) {
		out = append(out, s.text)
	}
	if out == nil {
		if o := v.option(name); o != nil && o.Default != "" {
			out = []string{o.Default}
		}
	}
	return out
}

// Shown returns an option's value as clamconf prints it: "yes", digits (sizes in
// bytes), or all texts in quotes with commas; "" if the option is disabled.
func (v *Values) Shown(o *Option) string {
	switch o.Kind {
	case Bool:
		if v.first(o.Key()).num != 0 {
			return "yes"
		}
		return ""
	case Number, Size:
		if o.Multi {
			break
		}
		if n := v.first(o.Key()).num; n != 0 {
			return strconv.FormatInt(n, 10)
		}
		return ""
	}
	return strings.Join(v.Strings(o.Key()), `", "`)
}

// Merge returns a over b: for each option a's value counts, if it has one; values
// of repeatable options add up, a's first. Arguments are a's. Either may be nil.
func Merge(a, b *Values) *Values {
	out := newValues(0)
	if b != nil {
		out.prog = b.prog
		out.scanOff = b.scanOff
		for k, s := range b.set {
			out.set[k] = s
		}
	}
	if a == nil {
		return out
	}
	out.prog = a.prog
	out.args = a.args
	out.scanOff = out.scanOff || a.scanOff
	for k, s := range a.set {
		if o := byKey()[k]; o != nil && o.Multi {
			s = append(s[:len(s):len(s)], out.set[k]...)
		}
		out.set[k] = s
	}
	return out
}

// add records a value. Of a non-repeatable option the first one stays, silently,
// as in ClamAV.
func (v *Values) add(o *Option, s setting) {
	k := o.Key()
	if !o.Multi && len(v.set[k]) > 0 {
		return
	}
	v.set[k] = append(v.set[k], s)
}

// option finds an option by either name, those of v's program first: "log" is
// LogFile to clamd and UpdateLogFile to freshclam.
func (v *Values) option(name string) *Option {
	if v != nil {
		for _, o := range table() {
			if (o.File|o.Cmd)&v.prog != 0 && (o.Name == name || o.Long == name) && name != "" {
				return o
			}
		}
	}
	return Lookup(name)
}

func (v *Values) given(name string) []setting {
	if v == nil {
		return nil
	}
	if s, ok := v.set[name]; ok {
		return s
	}
	if o := v.option(name); o != nil {
		return v.set[o.Key()]
	}
	return nil
}

// first is the value in force.
func (v *Values) first(name string) setting {
	if s := v.given(name); len(s) > 0 {
		return s[0]
	}
	o := v.option(name)
	if o == nil || o.Default == "" || v != nil && v.scanOff && isScanOption(o) {
		return setting{}
	}
	s, _, _ := parseValue(o, o.Default)
	return s
}

// isScanOption: the options that DisableDefaultScanOptions turned off.
func isScanOption(o *Option) bool {
	return o.Kind == Bool && o.Default == "yes" && strings.HasPrefix(o.Name, "Scan")
}

func oldSpelling(name string) string {
	for _, r := range renames() {
		if r.new == name {
			return r.old
		}
	}
	return ""
}
