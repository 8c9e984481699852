package sig

import (
	"encoding/hex"
	"fmt"
	"strings"

	"gclam/engine/internal/cltype"
)

// parsePart parses the text between two distances. With the wide modifier a
// [n-m] anchor becomes a distance of its own, so that several parts can result.
func parsePart(pc piece, o PatternOptions, first, last bool) ([]Part, error) {
	if length := len(pc.text) / 2; length < 1 || length < 2 && !o.Wide {
		return nil, malformed("cli_ac_addsig: Signature for " + o.Name + " is too short")
	}
	if o.Wide && strings.ContainsRune(pc.text, '[') {
		return parseWideAnchors(pc, o, first, last)
	}
	part := Part{MinGap: pc.min, MaxGap: pc.max}
	body, err := cutAnchors(pc.text, &part, o)
	if err != nil {
		return nil, err
	}
	p := &partParser{o: o, src: body}
	elems, err := p.sequence(0)
	if err != nil {
		return nil, err
	}
	if o.Fullword && first {
		elems = append([]Elem{{Op: OpBoundary, Boundary: 'W', Wide: o.Wide}}, elems...)
	}
	if o.Fullword && last {
		elems = append(elems, Elem{Op: OpBoundary, Boundary: 'W', Wide: o.Wide})
	}
	part.Elems = merge(elems)
	return []Part{part}, checkPart(part, o)
}

// parseWideAnchors handles xx[n-m]run under the w modifier: the anchor is a
// distance {n-m} there.
func parseWideAnchors(pc piece, o PatternOptions, first, last bool) ([]Part, error) {
	text := strings.NewReplacer("[", "{", "]", "}").Replace(pc.text)
	ps, err := splitRanges(text)
	if err != nil {
		return nil, err
	}
	ps[0].min, ps[0].max, ps[0].ranged = pc.min, pc.max, pc.ranged
	var out []Part
	for i, q := range ps {
		parts, err := parsePart(q, o, first && i == 0, last && i == len(ps)-1)
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
	}
	return out, nil
}

// cutAnchors takes xx[n-m] off the start and [n-m]xx off the end of a part.
func cutAnchors(text string, part *Part, o PatternOptions) (string, error) {
	bad := malformedAnchor()
	if i := strings.IndexByte(text, '['); i == 2 {
		j := strings.IndexByte(text, ']')
		if j < i {
			return "", bad
		}
		a, err := anchor(text[:2], text[i+1:j], o)
		if err != nil {
			return "", err
		}
		part.Left, text = a, text[j+1:]
	}
	if i := strings.IndexByte(text, '['); i >= 0 {
		j := strings.IndexByte(text, ']')
		if j < i || len(text)-j-1 != 2 {
			return "", bad
		}
		a, err := anchor(text[j+1:], text[i+1:j], o)
		if err != nil {
			return "", err
		}
		part.Right, text = a, text[:i]
	}
	if strings.ContainsAny(text, "[]") {
		return "", bad
	}
	return text, nil
}

func malformedAnchor() error { return &PatternError{} }

func anchor(byteText, rangeText string, o PatternOptions) (*ByteAnchor, error) {
	p := &partParser{o: o, src: byteText}
	p.o.Wide = false
	elems, err := p.sequence(0)
	if err != nil || len(elems) != 1 || elems[0].Op > OpMasked {
		return nil, malformedAnchor()
	}
	lo, hi, ok := parseRange(rangeText)
	if strings.HasSuffix(rangeText, "-") {
		hi = maxAnchorGap
	}
	if !ok || lo > hi || hi > maxAnchorGap {
		return nil, malformedAnchor()
	}
	return &ByteAnchor{Byte: elems[0], Min: uint8(lo), Max: uint8(hi)}, nil
}

// checkPart applies ClamAV's rules about how much of a part must be literal.
func checkPart(part Part, o PatternOptions) error {
	n := 0
	for _, e := range part.Elems {
		n += positions(e)
	}
	if n < 2 {
		return malformed(fmt.Sprintf("cli_ac_addsig: Subpattern in signature is shorter than the minimum depth of the AC trie. (%d < 2)", n))
	}
	switch o.Target {
	case cltype.TargetAny, cltype.TargetPE, cltype.TargetMail, cltype.TargetASCII:
		if err := checkFilter(part, o); err != nil {
			return err
		}
	}
	for _, e := range part.Elems {
		if e.Op == OpLiteral && len(e.Bytes) >= 2 {
			return nil
		}
	}
	return malformed("cli_ac_addsig: Can't find a static subpattern of length 2")
}

// positions is the number of places an element takes in ClamAV's own pattern:
// alternatives count as one, classes at an end as none.
func positions(e Elem) int {
	switch e.Op {
	case OpLiteral:
		return len(e.Bytes)
	case OpAny:
		return e.N
	case OpBoundary:
		return 0
	}
	return 1
}

// checkFilter is the rule for targets whose patterns also feed a pre-filter:
// the run behind leading alternatives and classes needs two positions of which
// not all are wildcards.
func checkFilter(part Part, o PatternOptions) error {
	i := 0
	for i < len(part.Elems) && stopsFilter(part.Elems[i]) {
		i++
	}
	run, wild := 0, 0
	for ; i < len(part.Elems) && !stopsFilter(part.Elems[i]); i++ {
		run += positions(part.Elems[i])
		if part.Elems[i].Op == OpAny {
			wild += part.Elems[i].N
		}
	}
	const tail = "cli_ac_addsig: cannot use filter for trie"
	switch {
	case run < 2:
		return malformed("Don't know how to create filter for: "+o.Name, tail)
	case run == wild:
		return malformed("filter rejecting "+o.Name+" due to very bad score: -2147483647", tail)
	}
	return nil
}

func stopsFilter(e Elem) bool {
	switch e.Op {
	case OpAltFixed, OpAltGen, OpBoundary:
		return true
	case OpSet:
		return e.Generic
	}
	return false
}

// partParser reads one part, or one branch of an alternative.
type partParser struct {
	o   PatternOptions
	src string
	pos int
}

// sequence reads elements up to the end of the text or a | or ) of this level.
func (p *partParser) sequence(depth int) ([]Elem, error) {
	var out []Elem
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if depth > 0 && (c == '|' || c == ')') {
			return out, nil
		}
		if c == '(' || c == '!' && p.pos+1 < len(p.src) && p.src[p.pos+1] == '(' {
			e, err := p.special(depth)
			if err != nil {
				return nil, err
			}
			out = append(out, e...)
			continue
		}
		if run := p.literals(); len(run) > 0 {
			out = append(out, Elem{Op: OpLiteral, Bytes: run, Fold: p.o.Nocase})
			continue
		}
		e, err := p.token()
		if err != nil {
			return nil, err
		}
		out = append(out, e...)
	}
	if depth > 0 {
		return nil, malformed("cli_ac_addsig: Missing closing parenthesis")
	}
	return out, nil
}

// literals reads as many whole bytes as stand in a row, widened if asked for.
func (p *partParser) literals() []byte {
	n := 0
	for i := p.pos; i+1 < len(p.src) && isHex[p.src[i]] && isHex[p.src[i+1]]; i += 2 {
		n++
	}
	if n == 0 {
		return nil
	}
	width := 1
	if p.o.Wide {
		width = 2
	}
	run := make([]byte, n*width)
	for i := range n {
		h, _ := nibble(p.src[p.pos])
		l, _ := nibble(p.src[p.pos+1])
		run[i*width] = h<<4 | l
		p.pos += 2
	}
	return run
}

// isHex marks hexadecimal digits.
var isHex = func() (t [256]bool) {
	for _, c := range []byte("0123456789abcdefABCDEF") {
		t[c] = true
	}
	return t
}()

// token reads one hex pair, nibble or wildcard.
func (p *partParser) token() ([]Elem, error) {
	if p.pos+2 > len(p.src) {
		return nil, badHex(p.src)
	}
	h, l := p.src[p.pos], p.src[p.pos+1]
	if p.src[p.pos:p.pos+2] == narrow {
		p.pos += 2
		return []Elem{{Op: OpAny, N: 1}}, nil
	}
	hv, hok := nibble(h)
	lv, lok := nibble(l)
	var e Elem
	switch {
	case hok && lok:
		e = Elem{Op: OpLiteral, Bytes: []byte{hv<<4 | lv}, Fold: p.o.Nocase}
	case hok && l == '?':
		e = Elem{Op: OpMasked, Value: hv << 4, Mask: 0xf0}
	case h == '?' && lok:
		e = Elem{Op: OpMasked, Value: lv, Mask: 0x0f}
	case h == '?' && l == '?':
		e = Elem{Op: OpAny, N: 1}
	default:
		return nil, badHex(p.src)
	}
	p.pos += 2
	return p.widen([]Elem{e}), nil
}

// widen appends the zero byte that the w modifier puts behind every byte token.
func (p *partParser) widen(e []Elem) []Elem {
	if p.o.Wide {
		return append(e, Elem{Op: OpLiteral, Bytes: []byte{0}, Fold: p.o.Nocase})
	}
	return e
}

// special reads a parenthesised block, with an optional ! before it.
func (p *partParser) special(depth int) ([]Elem, error) {
	neg := p.src[p.pos] == '!'
	if neg {
		p.pos++
	}
	p.pos++ // (
	if e, ok := p.boundary(neg); ok {
		return []Elem{e}, nil
	}
	if depth >= maxNesting {
		return nil, malformed("ac_addspecial: Expression exceeds maximum alternate nesting limit")
	}
	var branches [][]Elem
	for {
		b, err := p.sequence(depth + 1)
		if err != nil {
			return nil, err
		}
		branches = append(branches, merge(b))
		if p.pos >= len(p.src) {
			return nil, malformed("cli_ac_addsig: Missing closing parenthesis")
		}
		end := p.src[p.pos] == ')'
		p.pos++
		if end {
			break
		}
	}
	if len(branches) == 1 && len(branches[0]) == 0 {
		return nil, malformed("cli_ac_addsig: Empty block")
	}
	return p.alternative(branches, neg)
}

func (p *partParser) boundary(neg bool) (Elem, bool) {
	if p.pos+1 < len(p.src) && p.src[p.pos+1] == ')' {
		switch c := p.src[p.pos]; c {
		case 'B', 'L', 'W':
			p.pos += 2
			return Elem{Op: OpBoundary, Boundary: c, Negated: neg, Wide: p.o.Wide}, true
		}
	}
	return Elem{}, false
}

// alternative picks the simplest element that means the same as the branches.
func (p *partParser) alternative(branches [][]Elem, neg bool) ([]Elem, error) {
	mods := p.o.Nocase || p.o.Wide || p.o.Fullword
	width := literalWidth(branches)
	if neg && (width < 0 || mods) {
		return nil, malformed("ac_special_altstr: Can't apply negation operation to generic alternate strings")
	}
	switch {
	case width == 1 && !p.o.Wide:
		return []Elem{setOf(branches, neg, p.o.Nocase, mods)}, nil
	case width > 0 && !mods:
		alts := make([][]byte, len(branches))
		for i, b := range branches {
			alts[i] = b[0].Bytes
		}
		return []Elem{{Op: OpAltFixed, Alts: alts, Negated: neg}}, nil
	}
	return []Elem{{Op: OpAltGen, Branches: branches}}, nil
}

// literalWidth returns the common length of branches that are single literals,
// or -1.
func literalWidth(branches [][]Elem) int {
	w := -1
	for _, b := range branches {
		if len(b) != 1 || b[0].Op != OpLiteral {
			return -1
		}
		if w >= 0 && w != len(b[0].Bytes) {
			return -1
		}
		w = len(b[0].Bytes)
	}
	return w
}

func setOf(branches [][]Elem, neg, fold, generic bool) Elem {
	var set [32]byte
	for _, b := range branches {
		c := b[0].Bytes[0]
		set[c/8] |= 1 << (c % 8)
		if l := c | 0x20; fold && l >= 'a' && l <= 'z' {
			set[l/8] |= 1 << (l % 8)
			u := l &^ 0x20
			set[u/8] |= 1 << (u % 8)
		}
	}
	if neg {
		for i := range set {
			set[i] = ^set[i]
		}
	}
	return Elem{Op: OpSet, Set: &set, Generic: generic}
}

// merge joins neighbouring literals and wildcards.
func merge(in []Elem) []Elem {
	out := in[:0:0]
	for _, e := range in {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if e.Op == OpLiteral && last.Op == OpLiteral && e.Fold == last.Fold {
				last.Bytes = append(last.Bytes, e.Bytes...)
				continue
			}
			if e.Op == OpAny && last.Op == OpAny {
				last.N += e.N
				continue
			}
		}
		if e.Op == OpLiteral {
			e.Bytes = append([]byte(nil), e.Bytes...)
		}
		out = append(out, e)
	}
	return out
}

func nibble(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func hexBytes(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, badHex(s)
	}
	return b, nil
}

func badHex(s string) error {
	return malformed(fmt.Sprintf("cli_mpool_hex2str(): Malformed hexstring: %s (length: %d)", s, len(s)))
}
