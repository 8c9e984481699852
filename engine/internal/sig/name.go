package sig

import (
	"crypto/md5"
	"strings"
)

// unofficialSuffix marks names that do not come from a signed container.
const unofficialSuffix = ".UNOFFICIAL"

// nameArena makes names of a prefix and a suffix without an allocation each.
type nameArena struct{ b strings.Builder }

// arenaSize is how many bytes of names share one allocation.
const arenaSize = 64 << 10

func (a *nameArena) join(name, suffix string) string {
	n := len(name) + len(suffix)
	if a.b.Cap()-a.b.Len() < n {
		a.b = strings.Builder{}
		a.b.Grow(max(arenaSize, n))
	}
	start := a.b.Len()
	a.b.WriteString(name)
	a.b.WriteString(suffix)
	return a.b.String()[start:]
}

// virname returns the name under which a signature is reported.
func (f *file) virname(raw string) (string, error) {
	name := raw
	if i := strings.Index(name, " (Clam)"); i >= 0 {
		name = name[:i]
	}
	if name == "" {
		f.errorf("cli_mpool_virname: Empty virus name")
		return "", errMalformed
	}
	if f.src.Official {
		return name, nil
	}
	return f.names.join(name, unofficialSuffix), nil
}

// ignoreEntry is what the ignore lists say about one name.
type ignoreEntry struct {
	all   bool       // every signature of that name
	lines [][16]byte // only lines with one of these MD5 sums
}

// isIgnored tells whether an ignore list hides the signature of that name whose
// line, as far as the format hashes it, is text.
func (l *Loader) isIgnored(name, text string) bool {
	if len(l.ignored) == 0 {
		return false
	}
	e := l.ignored[padName(normalName(name))]
	if e == nil {
		return false
	}
	if e.all || len(e.lines) == 0 {
		return e.all
	}
	sum := md5.Sum([]byte(text))
	for _, s := range e.lines {
		if s == sum {
			return true
		}
	}
	return false
}

// normalName cuts what ignore lists leave out: a .{…} tail or .UNOFFICIAL.
func normalName(name string) string {
	if strings.HasSuffix(name, "}") {
		if i := strings.Index(name, ".{"); i >= 0 {
			return name[:i]
		}
		return name
	}
	return strings.TrimSuffix(name, unofficialSuffix)
}

// padName pads to three characters, as both sides of the comparison are.
func padName(name string) string {
	if len(name) >= 3 {
		return name
	}
	return (name + "   ")[:3]
}

// joinCategories makes the one string that ClamAV searches for: .A.B. of the
// categories A and B (observed: several categories only match in that order).
func joinCategories(p PUA) string {
	list := p.Include
	if len(list) == 0 {
		list = p.Exclude
	}
	if len(list) == 0 {
		return ""
	}
	return "." + strings.Join(list, ".") + "."
}

// maxCategory is the longest category part of a PUA name, dots included
// (observed: 31 characters load, 32 do not).
const maxCategory = 31

// unwanted tells whether the category options leave out a signature of a PUA
// database.
func (f *file) unwanted(name string) bool {
	if !f.k.pua || f.pua == "" {
		return false
	}
	const prefix = "PUA"
	if !strings.HasPrefix(name, prefix+".") {
		return true
	}
	last := strings.LastIndexByte(name, '.')
	if last <= len(prefix) {
		return true
	}
	category := name[len(prefix) : last+1]
	if len(category) > maxCategory {
		return true
	}
	return strings.Contains(category, f.pua) != (len(f.opt.PUA.Include) > 0)
}

// levels applies MinFL and MaxFL given as digits: an empty field is 0.
// Outside of the range the result is errSkip.
func (f *file) levels(tokens []string) error {
	if len(tokens) > 0 {
		if !isDigits(tokens[0]) {
			return errMalformed
		}
		if atoi(tokens[0]) > f.opt.Level {
			return errSkip
		}
	}
	if len(tokens) > 1 {
		if !isDigits(tokens[1]) {
			return errMalformed
		}
		if atoi(tokens[1]) < f.opt.Level {
			return errSkip
		}
	}
	return nil
}
