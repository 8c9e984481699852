package match

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/sig"
)

// The reference matcher: slow, obvious, and written over the parsed pattern
// instead of the compiled program. It returns every (start, end) of a part.

type span struct{ start, end int }

// refEnds returns all ends of elems beginning at pos.
func refEnds(buf []byte, elems []sig.Elem, pos int) []int {
	if len(elems) == 0 {
		return []int{pos}
	}
	e, rest := elems[0], elems[1:]
	var out []int
	for _, next := range refElem(buf, e, pos) {
		out = append(out, refEnds(buf, rest, next)...)
	}
	return out
}

// refElem returns the positions behind one element.
func refElem(buf []byte, e sig.Elem, pos int) []int {
	switch e.Op {
	case sig.OpLiteral:
		if pos+len(e.Bytes) > len(buf) {
			return nil
		}
		for i, c := range e.Bytes {
			b := buf[pos+i]
			if e.Fold {
				b, c = foldByte(b), foldByte(c)
			}
			if b != c {
				return nil
			}
		}
		return []int{pos + len(e.Bytes)}
	case sig.OpMasked:
		if pos < len(buf) && buf[pos]&e.Mask == e.Value {
			return []int{pos + 1}
		}
	case sig.OpAny:
		if pos+e.N <= len(buf) {
			return []int{pos + e.N}
		}
	case sig.OpSet:
		if pos < len(buf) && e.Set[buf[pos]/8]&(1<<(buf[pos]%8)) != 0 {
			return []int{pos + 1}
		}
	case sig.OpAltFixed:
		n := len(e.Alts[0])
		if pos+n > len(buf) {
			return nil
		}
		hit := slices.ContainsFunc(e.Alts, func(a []byte) bool { return string(a) == string(buf[pos:pos+n]) })
		if hit != e.Negated {
			return []int{pos + n}
		}
	case sig.OpAltGen:
		var out []int
		for _, b := range e.Branches {
			out = append(out, refEnds(buf, b, pos)...)
		}
		return out
	}
	return nil
}

func foldByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// refPart returns the matches of a part, the first end for each start.
func refPart(buf []byte, p *sig.Part) []span {
	var out []span
	for s := 0; s <= len(buf); s++ {
		if ends := refEnds(buf, p.Elems, s); len(ends) > 0 {
			out = append(out, span{s, ends[0]})
		}
	}
	return out
}

// refHolds tells whether a pattern matches at all, remembering everything.
func refHolds(buf []byte, p *sig.Pattern) bool {
	var before []span
	for i := range p.Parts {
		var now []span
		for _, m := range refPart(buf, &p.Parts[i]) {
			ok := i == 0 || slices.ContainsFunc(before, func(b span) bool {
				d := m.start - b.end
				part := &p.Parts[i]
				return d >= 0 && (part.MinGap == 0 || d >= int(part.MinGap)) && (part.MaxGap == 0 || d <= int(part.MaxGap))
			})
			if ok {
				now = append(now, m)
			}
		}
		before = now
	}
	return len(before) > 0
}

// seedOf lets a failing run be repeated: GCLAM_SEED=n.
func seedOf(t testing.TB) uint64 {
	if s := os.Getenv("GCLAM_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return rand.Uint64()
}

// randomPattern cuts a pattern out of text and disguises bytes of it.
func randomPattern(r *rand.Rand, text []byte) string {
	n := 4 + r.IntN(12)
	at := r.IntN(len(text) - n)
	var b strings.Builder
	literal := 2 + r.IntN(n-2) // these two bytes stay, so that the pattern is legal
	for i := range n {
		c := text[at+i]
		h := hex.EncodeToString([]byte{c})
		if i == literal || i == literal-1 {
			b.WriteString(h)
			continue
		}
		switch r.IntN(14) {
		case 0:
			b.WriteString("??")
		case 1:
			b.WriteString(h[:1] + "?")
		case 2:
			b.WriteString("?" + h[1:])
		case 3:
			fmt.Fprintf(&b, "(%s|%02x)", h, byte(r.IntN(256)))
		case 4:
			if i+2 < n && i+2 < literal-1 {
				b.WriteString("(" + h + "|" + h + hex.EncodeToString(text[at+i+1:at+i+2]) + ")")
			} else {
				b.WriteString(h)
			}
		case 5:
			if i > literal+2 && i+1 < n {
				b.WriteString([]string{"*", "{0-3}", "{2}", "{-4}", "{1-}"}[r.IntN(5)] + h + hex.EncodeToString(text[at+i+1:at+i+2]))
				for j := i + 2; j < n; j++ {
					b.WriteString(hex.EncodeToString(text[at+j : at+j+1]))
				}
				return b.String()
			}
			b.WriteString(h)
		default:
			b.WriteString(h)
		}
	}
	return b.String()
}

// compile builds an image of named body signatures of target 3, whose patterns
// need no more than two literal bytes.
func compile(t testing.TB, patterns map[string]*sig.Pattern) *Matcher {
	t.Helper()
	b := db.NewBuilder()
	names := make([]string, 0, len(patterns))
	for n := range patterns {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		if err := b.Body(&sig.Body{Name: n, Target: cltype.TargetHTML, Pattern: patterns[n]}); err != nil {
			t.Fatal(err)
		}
	}
	image, err := b.Finish("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(image)
	if err != nil {
		t.Fatal(err)
	}
	return New(d)
}

func fired(m *Matcher, buf []byte) map[string]bool {
	out := map[string]bool{}
	m.Run(&Object{Buf: buf, Target: cltype.TargetHTML}, &Options{AllMatches: true}, func(h Hit) bool {
		out[h.Name] = true
		return true
	})
	return out
}

func TestTheMatcherAgreesWithTheReferenceOnRandomPatterns(t *testing.T) {
	seed := seedOf(t)
	t.Logf("GCLAM_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	for range rounds {
		text := randomText(r, 200+r.IntN(400))
		patterns, source := map[string]*sig.Pattern{}, map[string]string{}
		for i := range 40 {
			h := randomPattern(r, text)
			p, err := sig.ParsePattern(h, sig.PatternOptions{Target: cltype.TargetHTML, Nocase: r.IntN(4) == 0, Logical: true})
			if err != nil {
				continue
			}
			name := fmt.Sprintf("P%02d", i)
			patterns[name], source[name] = p, h
		}
		m := compile(t, patterns)
		// The text itself, and a damaged copy in which some patterns are gone. A
		// byte behind the end keeps ClamAV's leniency at the end of data out.
		for _, buf := range [][]byte{append(slices.Clone(text), make([]byte, 64)...), damage(r, text)} {
			got := fired(m, buf)
			for name, p := range patterns {
				if want := refHolds(buf, p); got[name] != want {
					t.Fatalf("pattern %s on %q: matcher says %v, reference %v", source[name], buf, got[name], want)
				}
			}
		}
	}
}

// randomText is made of few letters, so that patterns match by accident too.
func randomText(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdAB01\x00\xff\x90 "[r.IntN(12)]
	}
	return b
}

func damage(r *rand.Rand, text []byte) []byte {
	b := append(slices.Clone(text), make([]byte, 64)...)
	for range len(b) / 10 {
		b[r.IntN(len(text))] = byte(r.IntN(256))
	}
	return b
}

func FuzzPatternAgreesWithReference(f *testing.F) {
	f.Add("6162??(63|6465)66", []byte("xxabXdefxx"))
	f.Add("6162*6364{1-2}6566", []byte("ab..cd.ef......"))
	f.Add("61[1-2]626364", []byte("a.bcd"))
	f.Add("(B)616263!(64|65)6667", []byte(" abcxfg"))
	f.Fuzz(func(t *testing.T, h string, buf []byte) {
		if len(h) > 200 || len(buf) > 2000 {
			return
		}
		p, err := sig.ParsePattern(h, sig.PatternOptions{Target: cltype.TargetHTML, Logical: true})
		if err != nil {
			return
		}
		m := compile(t, map[string]*sig.Pattern{"P": p})
		got := fired(m, buf)["P"]
		if simple(p) && !strings.ContainsAny(h, "(") {
			// Beyond fixed lengths ClamAV's rules at the end of data apply.
			if want := refHolds(buf, p); got != want && occurrences(buf, p) <= 9 {
				t.Fatalf("pattern %s on %q: matcher says %v, reference %v", h, buf, got, want)
			}
		}
	})
}

// simple tells whether the reference knows every element of a pattern.
func simple(p *sig.Pattern) bool {
	for i := range p.Parts {
		if p.Parts[i].Left != nil || p.Parts[i].Right != nil {
			return false
		}
	}
	return true
}

func occurrences(buf []byte, p *sig.Pattern) int {
	n := 0
	for i := range p.Parts {
		n = max(n, len(refPart(buf, &p.Parts[i])))
	}
	return n
}
