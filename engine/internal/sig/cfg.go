package sig

import "strings"

// featureKeys are the groups of switches a .cfg can set.
var featureKeys = [...]string{
	"PE", "ELF", "MACHO", "ARCHIVE", "DOCUMENT", "MAIL", "OTHER", "PHISHING", "BYTECODE", "STATS", "PCRE",
}

// parseCFG reads Key:0xHEX[:MinFL[:MaxFL]]. Unknown keys and lines for other
// levels do nothing.
func parseCFG(f *file, text string) error {
	tok := fields(f.tok[:5], text, ':')
	if len(tok) < 2 || !isFeatureKey(tok[0]) {
		return errSkip
	}
	if len(tok) > 2 && (!startsWithDigit(tok[2]) || atoi(tok[2]) > f.opt.Level) {
		return errSkip
	}
	if len(tok) > 3 && (!startsWithDigit(tok[3]) || atoi(tok[3]) < f.opt.Level) {
		return errSkip
	}
	hex, ok := strings.CutPrefix(tok[1], "0x")
	n := 0
	for n < len(hex) && hexValue(hex[n]) >= 0 {
		n++
	}
	if !ok || n == 0 {
		return errMalformed
	}
	bits := uint64(0)
	for i := range n {
		bits = min(bits<<4|uint64(hexValue(hex[i])), 0xffffffff)
	}
	return f.sink.Feature(&Feature{Key: tok[0], Bits: uint32(bits)})
}

func isFeatureKey(key string) bool {
	for _, k := range featureKeys {
		if k == key {
			return true
		}
	}
	return false
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
