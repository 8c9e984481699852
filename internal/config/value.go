package config

import (
	"math"
	"strings"
)

// NoLimit is what Values.Size returns for a size of 0, ClamAV's "no limit".
const NoLimit = math.MaxInt64

// maxNumber caps number options: ClamAV keeps them in a C int.
const maxNumber = math.MaxInt32

// setting is one checked value.
type setting struct {
	text string // as written, without quotes
	num  int64  // of Bool (0, 1), Number and Size
}

// parseValue checks s against the option's kind; ok is false when the format is
// wrong, high tells that a size did not fit and became NoLimit.
func parseValue(o *Option, s string) (set setting, high, ok bool) {
	set.text = s
	switch o.Kind {
	case Bool:
		set.num, ok = parseBool(s)
	case Number:
		set.num, high, ok = parseDigits(s)
		if high || set.num > maxNumber {
			set.num, high = maxNumber, false
		}
	case Size:
		set.num, high, ok = parseSize(s)
	default:
		ok = o.allows(s)
	}
	return set, high, ok
}

// IsYes tells whether s is one of the words for yes.
func IsYes(s string) bool {
	n, ok := parseBool(s)
	return ok && n == 1
}

func parseBool(s string) (int64, bool) {
	switch strings.ToLower(s) {
	case "yes", "true", "1":
		return 1, true
	case "no", "false", "0":
		return 0, true
	}
	return 0, false
}

func parseDigits(s string) (n int64, high, ok bool) {
	if s == "" {
		return 0, false, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false, false
		}
		if n > (math.MaxInt64-9)/10 {
			high = true
			continue
		}
		n = n*10 + int64(c-'0')
	}
	if high {
		n = math.MaxInt64
	}
	return n, high, true
}

func parseSize(s string) (n int64, high, ok bool) {
	shift := 0
	if s != "" {
		switch s[len(s)-1] {
		case 'k', 'K':
			shift = 10
		case 'm', 'M':
			shift = 20
		case 'g', 'G':
			shift = 30
		}
	}
	if shift > 0 {
		s = s[:len(s)-1]
	}
	n, high, ok = parseDigits(s)
	switch {
	case !ok:
		return 0, false, false
	case high || n > math.MaxInt64>>shift:
		return NoLimit, true, true
	case n == 0:
		return NoLimit, false, true
	}
	return n << shift, false, true
}
