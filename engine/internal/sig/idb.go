package sig

// Limits of icon hashes (signatures.md 6).
const (
	iconDigits     = 124
	iconMaxValue   = 4072
	iconMaxShare   = 103 // red + green + blue
	iconMaxColours = 100
)

// iconPart is a run of three groups in an icon hash: a value (3 or 2 hex
// digits) followed by x and y (2 digits each).
var iconParts = [...]struct {
	name       string
	valueWidth int
}{
	{"color", 3}, {"gray", 3}, {"bright", 2}, {"dark", 2}, {"edge", 2}, {"noedge", 2},
}

// parseIDB reads IconName:Group1:Group2:Hash.
func parseIDB(f *file, text string) error {
	tok := fields(f.tok[:5], text, ':')
	if len(tok) != 4 {
		return f.badIcon("wrong token count")
	}
	hash := tok[3]
	if len(hash) != iconDigits {
		return f.badIcon("wrong length")
	}
	if reason := checkIcon(hash); reason != "" {
		return f.badIcon(reason)
	}
	name := tok[0]
	if f.isIgnored(name, text) {
		return errSkip
	}
	virname, err := f.virname(name)
	if err != nil {
		return err
	}
	return f.sink.Icon(&Icon{Name: virname, Group1: tok[1], Group2: tok[2], Hash: hash})
}

func (f *file) badIcon(reason string) error {
	f.errorf("cli_loadidb: Malformed hash at line %d (%s)", f.line, reason)
	return errMalformed
}

// checkIcon returns what is wrong with an icon hash, "" if nothing.
func checkIcon(hash string) string {
	for i := range len(hash) {
		if hexValue(hash[i]) < 0 {
			return "bad chars"
		}
	}
	pos := 0
	next := func(width int) uint32 {
		v := hexNumber(hash[pos : pos+width])
		pos += width
		return v
	}
	size := next(2)
	if size != 16 && size != 24 && size != 32 {
		return "bad size"
	}
	limit := size - size/8
	for _, part := range iconParts {
		for range 3 {
			value, x, y := next(part.valueWidth), next(2), next(2)
			if value > iconMaxValue || x > limit || y > limit {
				return "bad " + part.name + " data"
			}
		}
	}
	r, g, b, colours := next(2), next(2), next(2), next(2)
	if r+g+b > iconMaxShare || colours > iconMaxColours {
		return "bad spread data"
	}
	return ""
}
