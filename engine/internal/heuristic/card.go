package heuristic

// issuer is a range of issuer identification numbers, the first six digits of a
// card number, with the lengths of the numbers issued there (ISO/IEC 7812; the
// ranges are those that clamscan 1.4.6 accepts).
type issuer struct {
	from, to  int
	min, max  int  // digits
	notCredit bool // debit and private label cards
}

var issuers = [...]issuer{
	{100000, 199999, 13, 15, true},  // private label
	{222100, 272099, 16, 16, false}, // Mastercard
	{300000, 305999, 14, 16, false}, // Diners Club
	{309500, 309599, 14, 16, false}, // Diners Club
	{340000, 349999, 15, 15, false}, // American Express
	{352800, 358999, 16, 16, false}, // JCB
	{360000, 369999, 14, 16, false}, // Diners Club
	{370000, 379999, 15, 15, false}, // American Express
	{380000, 399999, 16, 16, false}, // Diners Club
	{400000, 499999, 16, 16, false}, // Visa
	{500000, 509999, 16, 16, true},  // debit
	{510000, 559999, 16, 16, false}, // Mastercard
	{601100, 601199, 16, 16, false}, // Discover
	{622126, 622926, 16, 16, false}, // UnionPay
	{624000, 626999, 16, 16, false}, // UnionPay
	{628200, 628899, 16, 16, false}, // UnionPay
	{644000, 659999, 16, 16, false}, // Discover
}

const (
	issuerDigits = 6
	// maxSeparators is how many blanks and hyphens a number may have in all.
	maxSeparators = 8
	// cardJump is how far the search goes on behind the start of a hit, in bytes.
	cardJump = 15
)

// countCards counts credit card numbers, up to most.
func countCards(b []byte, creditOnly bool, most int) int {
	n := 0
	for i := 0; i < len(b) && n < most; i++ {
		if isDigit(b[i]) && (i == 0 || !isDigit(b[i-1])) && isCard(b[i:], creditOnly) {
			n++
			i += cardJump
		}
	}
	return n
}

// isCard tells whether b begins with a credit card number whose check digit
// (Luhn, ISO/IEC 7812-1 annex B) is right.
func isCard(b []byte, creditOnly bool) bool {
	var digits [16]byte
	n, separators, at := 0, 0, 0
	var by issuer
	for most := issuerDigits; n < most; at++ {
		if at >= len(b) {
			break
		}
		c := b[at]
		if c == ' ' || c == '-' {
			if separators++; separators > maxSeparators {
				break
			}
			continue
		}
		if !isDigit(c) {
			break
		}
		digits[n] = c - '0'
		if n++; n == issuerDigits {
			var ok bool
			if by, ok = issuerOf(digits[:n], creditOnly); !ok {
				return false
			}
			most = by.max
		}
	}
	if n < issuerDigits || n < by.min || at < len(b) && isDigit(b[at]) {
		return false
	}
	return luhn(digits[:n])
}

// issuerOf finds the issuer of a number by its first digits.
func issuerOf(digits []byte, creditOnly bool) (issuer, bool) {
	v := 0
	for _, d := range digits {
		v = v*10 + int(d)
	}
	for _, r := range issuers {
		if v >= r.from && v <= r.to {
			return r, !creditOnly || !r.notCredit
		}
	}
	return issuer{}, false
}

// luhn verifies the check digit of a number.
func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		v := int(d)
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}
