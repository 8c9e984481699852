package sig

import (
	"fmt"
	"strings"

	"gclam/engine/internal/cltype"
)

// Pattern is a parsed body pattern: parts separated by distances.
type Pattern struct {
	Parts []Part
	// Plain marks what ClamAV calls a fixed string: it is searched before all
	// other patterns of its target and reported in order of load at one position.
	Plain bool
}

// Part is a run of elements of (nearly) fixed length.
type Part struct {
	// MinGap and MaxGap bound the distance from the end of the previous part to
	// the start of this one; 0 means no bound. Unused in the first part.
	MinGap, MaxGap uint32
	Elems          []Elem
	Left, Right    *ByteAnchor // single bytes apart from the run: xx[n-m]run[n-m]xx
}

// ByteAnchor is a byte at a bounded distance before or after a part.
type ByteAnchor struct {
	Byte     Elem
	Min, Max uint8
}

// ElemOp says what an element matches.
type ElemOp uint8

// The elements of a part.
const (
	OpLiteral  ElemOp = iota // Bytes, case folded with Fold
	OpMasked                 // one byte: b&Mask == Value
	OpAny                    // N arbitrary bytes
	OpSet                    // one byte of Set
	OpAltFixed               // one of Alts, all literals of one length; Negated
	OpAltGen                 // one of Branches
	OpBoundary               // Boundary, Negated; zero-width at an end of the part
)

// Elem is one element of a part. The fields used depend on Op.
type Elem struct {
	Op          ElemOp
	Fold        bool // ASCII letters match in either case
	Negated     bool
	Generic     bool // OpSet: written with a modifier, so ClamAV treats it as generic
	Bytes       []byte
	Value, Mask byte
	N           int
	Set         *[32]byte // bit i of byte i/8: byte value i is in the set
	Alts        [][]byte
	Branches    [][]Elem
	Boundary    byte // 'B', 'L' or 'W'
	Wide        bool // OpBoundary of a wide pattern: tests byte pairs
}

// PatternOptions says in which setting a pattern is parsed.
type PatternOptions struct {
	Name    string // signature name without suffix, for messages
	Virname string // name as reported, for messages
	Target  cltype.Target
	Logical bool // part of a logical signature
	Offset  Offset
	// Modifiers of subsignatures.
	Nocase, Fullword, Wide bool
}

// PatternError is a malformed pattern. Lines is ClamAV's message chain.
type PatternError struct{ Lines []string }

// Error implements error.
func (e *PatternError) Error() string { return strings.Join(e.Lines, ": ") }

func malformed(lines ...string) error { return &PatternError{Lines: lines} }

const (
	addSig       = "cli_add_content_match_pattern: Problem adding signature "
	maxNesting   = 16  // alternative blocks inside each other
	maxRewrite   = 128 // {n} below this is n wildcards, from it on a distance
	maxAnchorGap = 32  // the m of [n-m]
)

// ParsePattern parses the hexadecimal part of a body signature.
func ParsePattern(hex string, o PatternOptions) (*Pattern, error) {
	if strings.Contains(hex, narrow[:1]) {
		return nil, badHex(hex)
	}
	if isPlain(hex, o) {
		return parsePlain(hex, o)
	}
	hex = rewriteGaps(hex)
	pieces, err := splitParts(hex)
	if err != nil {
		return nil, err
	}
	p := &Pattern{Parts: make([]Part, 0, len(pieces))}
	for i, pc := range pieces {
		part, err := parsePart(pc, o, i == 0, i == len(pieces)-1)
		if err != nil {
			return nil, chainPart(err, pieces, i)
		}
		p.Parts = append(p.Parts, part...)
	}
	return p, nil
}

func chainPart(err error, pieces []piece, i int) error {
	pe, ok := err.(*PatternError)
	if !ok {
		return err
	}
	lines := pe.Lines
	switch {
	case len(pieces) == 1:
		lines = append(lines, addSig+"(3).")
	case pieces[i].ranged || i+1 < len(pieces) && pieces[i+1].ranged:
		lines = append(lines, addSig+"(1).", addSig+"(1b).")
	default:
		lines = append(lines, addSig+"(2).")
	}
	return &PatternError{Lines: lines}
}

// isPlain tells whether ClamAV would hand the text to its fixed-string matcher.
func isPlain(hex string, o PatternOptions) bool {
	if o.Logical || strings.ContainsAny(hex, "?([*{") {
		return false
	}
	switch o.Target {
	case cltype.TargetAny:
		return o.Offset.Kind != OffMacro
	case cltype.TargetPE:
		return o.Offset.Exact()
	}
	return false
}

func parsePlain(hex string, o PatternOptions) (*Pattern, error) {
	b, err := hexBytes(hex)
	if err != nil {
		return nil, err
	}
	if len(b) < 3 {
		return nil, malformed("cli_bm_addpatt: Signature for "+o.Virname+" is too short", addSig+"(4).")
	}
	return &Pattern{Plain: true, Parts: []Part{{Elems: []Elem{{Op: OpLiteral, Bytes: b}}}}}, nil
}

// narrow is the token that {n} is rewritten to: like ??, but the w modifier does
// not widen it. It cannot be written in a database.
const narrow = "~~"

// rewriteGaps turns {n} with 1 <= n < 128 into n wildcards, as long as the first
// brace of the text is such a one; a {n} behind another kind of brace stays a
// distance (observed with clamscan 1.4.6).
func rewriteGaps(hex string) string {
	if strings.IndexByte(hex, '{') < 0 {
		return hex
	}
	var out strings.Builder
	for {
		i := strings.IndexByte(hex, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(hex[i:], '}')
		if j < 0 {
			break
		}
		n, ok := digits(hex[i+1 : i+j])
		if !ok || n == 0 || n >= maxRewrite {
			break
		}
		out.WriteString(hex[:i])
		for range n {
			out.WriteString(narrow)
		}
		hex = hex[i+j+1:]
	}
	out.WriteString(hex)
	return out.String()
}

// piece is the text of one part and its distance to the previous one.
type piece struct {
	text     string
	min, max uint32
	ranged   bool // separated from the previous piece by braces
}

// splitParts cuts a pattern at its distances.
func splitParts(hex string) ([]piece, error) {
	if err := checkNestedGaps(hex); err != nil {
		return nil, err
	}
	stars := strings.Split(hex, "*")
	var out []piece
	for i, s := range stars {
		if s == "" && len(stars) > 1 {
			return nil, malformed(fmt.Sprintf("cli_add_content_match_pattern: Can't extract part %d of partial signature.", missingPart(stars, i)))
		}
		ps, err := splitRanges(s)
		if err != nil {
			return nil, err
		}
		out = append(out, ps...)
	}
	return out, nil
}

func missingPart(stars []string, i int) int {
	if i > 0 && i < len(stars)-1 {
		return len(stars)
	}
	return max(i+1, 1)
}

func checkNestedGaps(hex string) error {
	depth := 0
	for i := 0; i < len(hex); i++ {
		switch hex[i] {
		case '(':
			depth++
		case ')':
			depth = max(depth-1, 0)
		case '*':
			if depth > 0 {
				return malformed("cli_add_content_match_pattern: Alternative match cannot contain unbounded wildcards")
			}
		case '{':
			if depth > 0 {
				return malformed("cli_add_content_match_pattern: Alternative match contains unsupported ranged wildcard")
			}
		}
	}
	return nil
}

func splitRanges(s string) ([]piece, error) {
	out := []piece{{}}
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			out[len(out)-1].text = s
			return out, nil
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return nil, malformed(addSig + "(1b).")
		}
		lo, hi, ok := parseRange(s[i+1 : i+j])
		if !ok {
			return nil, malformed(addSig + "(1b).")
		}
		out[len(out)-1].text = s[:i]
		out = append(out, piece{min: lo, max: hi, ranged: true})
		s = s[i+j+1:]
	}
}

// parseRange reads n, n-, -m, n-m or - between braces; a bound of 0 is no bound.
func parseRange(s string) (lo, hi uint32, ok bool) {
	a, b, dash := strings.Cut(s, "-")
	lo, ok = digits(a)
	if !ok || s == "" {
		return 0, 0, false
	}
	if !dash {
		return lo, lo, true
	}
	hi, ok = digits(b)
	return lo, hi, ok
}
