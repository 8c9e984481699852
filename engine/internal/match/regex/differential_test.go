package regex

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
)

// generator makes random patterns that several engines understand alike.
type generator struct {
	r *rand.Rand
	// fancy adds look-around, atomic groups and back references.
	fancy  bool
	groups int
}

func (g *generator) one(list ...string) string { return list[g.r.IntN(len(list))] }

func (g *generator) alternatives(depth int) string {
	branches := []string{g.branch(depth)}
	for g.r.IntN(3) == 0 {
		branches = append(branches, g.branch(depth))
	}
	return strings.Join(branches, "|")
}

func (g *generator) branch(depth int) string {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		b.WriteString(g.item(depth))
	}
	return b.String()
}

// item is an atom with or without a quantifier. Only single characters are
// repeated without bound: engines disagree about loops over empty rounds.
func (g *generator) item(depth int) string {
	switch n := g.r.IntN(20); {
	case n < 9 || depth == 0:
		atom := g.one("a", "b", "c", ".", `\d`, `\w`, "[ab]", "[^a]", `\n`, "1", "[a-c]", `\W`)
		return atom + g.one("", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}?")
	case n < 12:
		g.groups++
		return "(" + g.alternatives(depth-1) + ")" + g.one("", "", "?", "??")
	case n < 14:
		return "(?:" + g.alternatives(depth-1) + ")" + g.one("", "", "?")
	case n < 16 || !g.fancy:
		return g.one("^", "$", `\b`, `\B`, `\A`, `\z`, "ab", "(?i:b)")
	case n < 17:
		return g.one("(?=", "(?!", "(?>") + g.alternatives(depth-1) + ")"
	case n < 18:
		return g.one("(?<=", "(?<!") + g.one("a", "ab", "[^b]", "a|b") + ")"
	case n < 19 && g.groups > 0:
		return `\1`
	}
	return g.one("a++", "[ab]*+b", "b?+")
}

func (g *generator) text() string {
	var b strings.Builder
	for range g.r.IntN(24) {
		b.WriteByte("aaabbc1\n B"[g.r.IntN(10)])
	}
	return b.String()
}

const differentialRounds = 3000

func TestSameMatchesAsTheStandardLibrary(t *testing.T) {
	t.Parallel()
	g := &generator{r: rand.New(rand.NewPCG(1, 2))}
	matches := 0
	for range differentialRounds {
		pattern := g.alternatives(2)
		want, err := regexp.Compile(pattern)
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		// Without (?m), the library's $ is the very end.
		p := compile(t, pattern, DollarEndOnly)
		slow := *compile(t, pattern, DollarEndOnly)
		slow.auto = nil
		for range 3 {
			text := g.text()
			loc := want.FindStringIndex(text)
			if loc != nil {
				matches++
			}
			same(t, pattern, text, p, loc)
			same(t, pattern, text, &slow, loc)
		}
	}
	if matches < differentialRounds {
		t.Errorf("only %d matches: the test proves little", matches)
	}
}

func TestSameMatchesAsRegexp2(t *testing.T) {
	t.Parallel()
	g := &generator{r: rand.New(rand.NewPCG(3, 4)), fancy: true}
	matches := 0
	for range differentialRounds {
		g.groups = 0
		pattern := g.alternatives(2)
		want, err := regexp2.Compile(pattern)
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		p, err := Compile([]byte(pattern), 0)
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		for range 3 {
			text := g.text()
			m, err := want.FindStringMatch(text)
			if err != nil {
				t.Fatalf("%q in %q: %v", pattern, text, err)
			}
			var loc []int
			if m != nil {
				matches++
				loc = []int{m.RuneIndex, m.RuneIndex + m.RuneLength}
			}
			same(t, pattern, text, p, loc)
		}
	}
	if matches < differentialRounds {
		t.Errorf("only %d matches: the test proves little", matches)
	}
}

// same checks one search against what another engine found; nil is no match.
func same(t *testing.T, pattern, text string, p *Program, want []int) {
	t.Helper()
	start, end, ok, err := p.Find([]byte(text), 0, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if ok != (want != nil) || ok && (start != want[0] || end != want[1]) {
		t.Errorf("%q in %q: got %d..%d %v, want %v", pattern, text, start, end, ok, want)
	}
}

func TestBothEnginesAgreeFromAnyStart(t *testing.T) {
	t.Parallel()
	g := &generator{r: rand.New(rand.NewPCG(5, 6))}
	linear := 0
	for range differentialRounds {
		pattern := g.alternatives(2)
		flags := Flags(g.r.IntN(128)) &^ Extended
		p := compile(t, pattern, flags)
		if p.auto == nil {
			continue
		}
		linear++
		slow := *p
		slow.auto = nil
		text := []byte(g.text())
		from := g.r.IntN(len(text) + 1)
		a, b, ok, _ := p.Find(text, from, RunOptions{})
		x, y, found, _ := slow.Find(text, from, RunOptions{})
		if ok != found || a != x || b != y {
			t.Errorf("%q/%b in %q from %d: automaton %d..%d %v, machine %d..%d %v", pattern, flags, text, from, a, b, ok, x, y, found)
		}
	}
	if linear < differentialRounds/2 {
		t.Errorf("only %d patterns were regular", linear)
	}
}
