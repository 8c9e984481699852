package heuristic

// Structured says what structured data to look for, and how many of a kind are
// worth an alert. A count of 0 or less switches the kind off.
type Structured struct {
	Cards      int  // StructuredMinCreditCardCount
	SSNs       int  // StructuredMinSSNCount
	CreditOnly bool // StructuredCCOnly: no debit and private label cards
	Normal     bool // StructuredSSNFormatNormal: ddd-dd-dddd
	Stripped   bool // StructuredSSNFormatStripped: ddddddddd
}

// The alerts of Text.
const (
	cardAlert = "Heuristics.Structured.CreditCardNumber"
	ssnAlert  = "Heuristics.Structured.SSN"
)

// structuredChunk is how many bytes are looked at together: a number across the
// edge of two chunks is lost, as in ClamAV.
const structuredChunk = 8191

// Text counts credit card and social security numbers and returns the alerts,
// cards first. It ends with the chunk in which one of the counts is reached.
func Text(b []byte, o Structured, on Continue) []string {
	cards, ssns := 0, 0
	for len(b) > 0 && (on == nil || on()) {
		n := min(len(b), structuredChunk)
		chunk := b[:n]
		b = b[n:]
		var out []string
		if o.Cards > 0 {
			if cards += countCards(chunk, o.CreditOnly, o.Cards-cards); cards >= o.Cards {
				out = append(out, cardAlert)
			}
		}
		if o.SSNs > 0 && (o.Normal || o.Stripped) {
			if ssns += countSSNs(chunk, o, o.SSNs-ssns); ssns >= o.SSNs {
				out = append(out, ssnAlert)
			}
		}
		if out != nil {
			return out
		}
	}
	return nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// standsAlone tells whether b[i:j] has no digit before and none behind it.
func standsAlone(b []byte, i, j int) bool {
	return (i == 0 || !isDigit(b[i-1])) && (j >= len(b) || !isDigit(b[j]))
}

// countSSNs counts social security numbers, up to most.
func countSSNs(b []byte, o Structured, most int) int {
	n := 0
	for i := 0; i < len(b) && n < most; i++ {
		if !isDigit(b[i]) || i > 0 && isDigit(b[i-1]) {
			continue
		}
		if o.Normal && isSSN(b, i, "ddd-dd-dddd") || o.Stripped && isSSN(b, i, "ddddddddd") {
			n++
		}
	}
	return n
}

// isSSN tells whether a social security number of that shape stands at i. The
// bounds are those of the numbers issued before 2011.
func isSSN(b []byte, i int, shape string) bool {
	if len(b)-i < len(shape) || !standsAlone(b, i, i+len(shape)) {
		return false
	}
	v := 0
	for k := range len(shape) {
		c := b[i+k]
		switch {
		case shape[k] == '-' && c != '-', shape[k] == 'd' && !isDigit(c):
			return false
		case shape[k] == 'd':
			v = v*10 + int(c-'0')
		}
	}
	area, group, serial := v/1000000, v/10000%100, v%10000
	return area >= 1 && area <= 772 && area != 666 && group != 0 && serial != 0
}
