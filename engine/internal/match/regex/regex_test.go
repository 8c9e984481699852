package regex

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

// findCase is one search with its expected match, -1 for none.
type findCase struct {
	name       string
	pattern    string
	flags      Flags
	text       string
	start, end int
}

func findCases() []findCase {
	return []findCase{
		{"a literal is found at its first place", "clam", 0, "xxclamclam", 2, 6},
		{"letters fold only with the flag", "CLAM", Caseless, "xclamx", 1, 5},
		{"letters do not fold without it", "CLAM", 0, "xclamx", -1, -1},
		{"only ASCII folds", "\xc4", Caseless, "\xe4", -1, -1},
		{"dot stops at a newline", "a.b", 0, "a\nb", -1, -1},
		{"dot passes a newline with s", "a.b", DotAll, "a\nb", 0, 3},
		{"dot matches NUL", "a.b", 0, "a\x00b", 0, 3},
		{"dot matches a carriage return", "a.b", 0, "a\rb", 0, 3},
		{"circumflex is the start only", "^b", 0, "a\nb", -1, -1},
		{"circumflex follows newlines with m", "^b", Multiline, "a\nb", 2, 3},
		{"circumflex does not follow a final newline", "^", Multiline, "a\n", 0, 0},
		{"and the empty line at the end is none", "\\n^", Multiline, "a\n", -1, -1},
		{"dollar is before a final newline", "a$", 0, "a\n", 0, 1},
		{"dollar is at the very end only with E", "a$", DollarEndOnly, "a\n", -1, -1},
		{"dollar precedes newlines with m", "a$", Multiline, "a\nb", 0, 1},
		{"white space is ignored with x", "c l # no\n a m", Extended, "clam", 0, 4},
		{"greedy takes the longest", "a.+b", 0, "aXbXb", 0, 5},
		{"lazy takes the shortest", "a.+?b", 0, "aXbXb", 0, 3},
		{"U swaps greedy and lazy", "a.+b", Ungreedy, "aXbXb", 0, 3},
		{"and U makes +? greedy", "a.+?b", Ungreedy, "aXbXb", 0, 5},
		{"the first alternative wins, not the longest", "a|ab", 0, "ab", 0, 1},
		{"leftmost wins over alternatives", "c|abc", 0, "abc", 0, 3},
		{"bytes above 7F are single characters", `\x00\xff[\x80-\x90]`, 0, "..\x00\xff\x85", 2, 5},
		{"a POSIX class", "[[:digit:]]+", 0, "ab12c", 2, 4},
		{"a negated POSIX class", "[[:^alpha:]]", 0, "ab1", 2, 3},
		{"quoted text is literal", `\Qa.b\E+`, 0, "a.bbb", 0, 5},
		{"octal and control characters", `\o{101}\102\cA\e`, 0, "AB\x01\x1b", 0, 4},
		{"a numbered back reference", `(ab|c)\1`, 0, "abcc", 2, 4},
		{"a Python back reference", `(?P<q>['"])x(?P=q)`, 0, `'x"'x'`, 3, 6},
		{"a named back reference with k", `(?<n>ab)\k<n>`, 0, "abab", 0, 4},
		{"a relative back reference", `(a)(b)\g{-2}`, 0, "aba", 0, 3},
		{"a back reference folds case", `(?i)(ab)\1`, 0, "abAB", 0, 4},
		{"a reference to an unset group fails", `(a)?\1b`, 0, "b", -1, -1},
		{"look-ahead", "ab(?=cd)", 0, "abxabcd", 3, 5},
		{"negative look-ahead", "ab(?!c)", 0, "abcabd", 3, 5},
		{"look-behind", "(?<=ab)cd", 0, "cdabcd", 4, 6},
		{"negative look-behind of two lengths", "(?<!a|bc)d", 0, "adbcdxd", 6, 7},
		{"an atomic group does not give back", "(?>a+)ab", 0, "aaab", -1, -1},
		{"nor does a possessive quantifier", "a++ab", 0, "aaab", -1, -1},
		{"a conditional on a group", "(a)?b(?(1)c|d)", 0, "abd abc", 1, 3},
		{"a conditional on a look-ahead", "(?(?=a)ab|cd)", 0, "acd", 1, 3},
		{"recursion", `\((?:[^()]|(?R))*\)`, 0, "x(a(b)c)", 1, 8},
		{"a subroutine call by name", `(?<d>\d\d)-(?&d)`, 0, "1-12-34", 2, 7},
		{"branch reset numbers groups alike", `(?|(a)|(b))\1`, 0, "abb", 1, 3},
		{"K moves the start", `foo\Kbar`, 0, "foobar", 3, 6},
		{"an inline flag holds to the end of its group", "((?i)a)a", 0, "AA Aa", 3, 5},
		{"UTF-8 mode reads characters", "(*UTF8)^.$", 0, "\u20ac", 0, 3},
		{"UTF-8 mode refuses other data", "(*UTF8)a", 0, "a\xff", -1, -1},
		{"a brace that is no quantifier is text", "a{,2}x{", 0, "a{,2}x{", 0, 7},
		{"the word boundary of ASCII", `\bcmd\b`, 0, "acmd cmd", 5, 8},
		{"newline sequences are one unit", `a\Rb`, 0, "a\r\nb", 0, 4},
		{"horizontal space includes A0", `a\hb`, 0, "a\xa0b", 0, 3},
		{"an empty pattern matches at once", "", 0, "abc", 0, 0},
		{"A matches at the start only", "clam", Anchored, "xclam", -1, -1},
		{"the loop over empty rounds ends", "(a*)*b", 0, "aab", 0, 3},
		{"a counted loop of groups", "(?:ab){2,3}", 0, "abababab", 0, 6},
		{"ACCEPT ends the match", "a(*ACCEPT)b", 0, "xa", 1, 2},
		{"COMMIT ends the search", "a(*COMMIT)b", 0, "acab", -1, -1},
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, tc := range findCases() {
		t.Run(tc.name, func(t *testing.T) {
			p, err := Compile([]byte(tc.pattern), tc.flags)
			if err != nil {
				t.Fatal(err)
			}
			start, end, ok, err := p.Find([]byte(tc.text), 0, RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				start, end = -1, -1
			}
			if start != tc.start || end != tc.end {
				t.Errorf("%q in %q: got %d..%d, want %d..%d", tc.pattern, tc.text, start, end, tc.start, tc.end)
			}
		})
	}
}

func TestFindContinuesBehindAnEarlierMatch(t *testing.T) {
	t.Parallel()
	p := compile(t, `\bab|(?<=b)c`, 0)
	text := []byte("abcab ab")
	var got []int
	for from := 0; ; {
		start, end, ok, err := p.Find(text, from, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		got = append(got, start)
		from = end
	}
	want := []int{0, 2, 6} // \b looks at the byte before the start of the search
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAnchoredSearchAcceptsItsStartOnly(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"ab", `(a)b(?!\1)`} {
		p := compile(t, pattern, 0)
		if _, _, ok, _ := p.Find([]byte("xxab"), 2, RunOptions{Anchored: true}); !ok {
			t.Errorf("%q not found at its place", pattern)
		}
		if _, _, ok, _ := p.Find([]byte("xxab"), 1, RunOptions{Anchored: true}); ok {
			t.Errorf("%q found behind the anchor", pattern)
		}
	}
}

func TestSyntaxErrorsAreThoseOfPCRE2(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern string
		offset  int
		message string
	}{
		{"cl(amav", 7, "missing closing parenthesis"},
		{"a)", 1, "unmatched closing parenthesis"},
		{"*a", 0, "quantifier does not follow a repeatable item"},
		{"[a", 2, "missing terminating ] for character class"},
		{"[z-a]", 3, "range out of order in character class"},
		{"[[:foo:]]", 3, "unknown POSIX class name"},
		{`\q`, 1, `unrecognized character follows \`},
		{`\`, 1, `\ at end of pattern`},
		{"(?z)", 2, "unrecognized character after (? or (?-"},
		{"a{2,1}", 5, "numbers out of order in {} quantifier"},
		{"a{65536}", 7, "number too big in {} quantifier"},
		{`(a)\3`, 4, "reference to non-existent subpattern"},
		{"(?<=a*)b", 0, "lookbehind assertion is not fixed length"},
		{"(?<a>x)(?<a>y)", 12, "two named subpatterns have the same name (PCRE2_DUPNAMES not set)"},
		{strings.Repeat("(", 300), 250, "parentheses are too deeply nested"},
	} {
		_, err := Compile([]byte(tc.pattern), 0)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.20q: got %v, want an Error", tc.pattern, err)
			continue
		}
		if e.Offset != tc.offset || e.Message != tc.message {
			t.Errorf("%.20q: got %d %q, want %d %q", tc.pattern, e.Offset, e.Message, tc.offset, tc.message)
		}
	}
}

func TestHopelessExpressionsEndByTheirBudget(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("a", 2000) + "X")
	for _, pattern := range []string{
		`(a+)+$(?!b)`, `(?=(a+)+$)b`, `((a?){30}){30}b\1`, `(a|aa)+$\1`, `(?:(a*)*)*\1b`, `(x+x+)+y\1|(a*)*(a*)*z\2`,
		`(?R)?a(?R)?b`, `((?1)?a(?1)?)b`, `(?:a*){65535}b(?=c)`, `((.*)\2)+b`,
	} {
		p := compile(t, pattern, 0)
		if p.auto != nil {
			t.Errorf("%q does not exercise the backtracking machine", pattern)
		}
		_, _, ok, err := p.Find(text, 0, RunOptions{})
		if ok || err != nil {
			t.Errorf("%q: got %v, %v; want no match", pattern, ok, err)
		}
	}
}

func TestHopelessRegularExpressionsAreLinear(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("a", 1<<20) + "X")
	for _, pattern := range []string{`(a+)+$`, `(a|aa)+$`, `a*a*a*a*b`, `[a-q][^u-z]{13}x`, `(a|b|ab)*bc`} {
		p := compile(t, pattern, 0)
		if p.auto == nil {
			t.Errorf("%q does not run on the automaton", pattern)
			continue
		}
		if _, _, ok, err := p.Find(text, 0, RunOptions{}); ok || err != nil {
			t.Errorf("%q: got %v, %v; want no match", pattern, ok, err)
		}
	}
}

func TestStepAndDepthLimitsMeanNoMatch(t *testing.T) {
	t.Parallel()
	p := compile(t, `(?:(a)|b)*c(?=d)`, 0)
	text := []byte(strings.Repeat("ab", 500) + "cd")
	if _, _, ok, _ := p.Find(text, 0, RunOptions{}); !ok {
		t.Error("no match within the default limits")
	}
	if _, _, ok, _ := p.Find(text, 0, RunOptions{Steps: 100}); ok {
		t.Error("a match in spite of the step limit")
	}
	if _, _, ok, _ := p.Find(text, 0, RunOptions{Depth: 100}); ok {
		t.Error("a match in spite of the depth limit")
	}
}

func TestCheckStopsTheSearch(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("a", 1<<20))
	for _, pattern := range []string{`a*[bc]x`, `(a*)b\1`} {
		p := compile(t, pattern, 0)
		_, _, ok, err := p.Find(text, 0, RunOptions{Check: func() bool { return false }})
		if ok || !errors.Is(err, ErrStopped) {
			t.Errorf("%q: got %v, %v; want ErrStopped", pattern, ok, err)
		}
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern string
		flags   Flags
		want    string
		fold    bool
	}{
		{"clam(av|win)", 0, "clam", false},
		{"(?:a)b{3}c", 0, "abbbc", false},
		{"ab+c", 0, "ab", false},
		{"CLAM1", Caseless, "clam1", true},
		{"[ab]c", 0, "", false},
		{"a?b", 0, "", false},
		{`^\bxy(?=z)z`, 0, "xyz", false},
	} {
		got, fold := compile(t, tc.pattern, tc.flags).Prefix()
		if string(got) != tc.want || fold != tc.fold {
			t.Errorf("%q: got %q, %v; want %q, %v", tc.pattern, got, fold, tc.want, tc.fold)
		}
	}
}

func TestPOSIX(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{`\.exe$`, "setup.exe", true},
		{`\.exe$`, "setup.exe.txt", false},
		{`^/proc/`, "/proc/1", true},
		{`(a|b){2}c`, "xabc", true},
		{`[[:digit:]]+-x`, "a12-x", true},
		{`^.*\.(DOC|doc)$`, "a\n.doc", true},
		{`[]a]`, "]", true},
		{`[\]`, `\`, true},
		{`$`, "abc", true},
		{`\d`, "1", false},
		{`\d`, "d", true},
		{`\w1`, "w1", true},
		{`\<b`, "a b", true},
		{`[[:<:]]b`, "ab", false},
		{`()b`, "b", true},
		{`{x`, "{x", true},
		{`a{,2}`, "a{,2}", true},
		{`CaSe`, "case", false},
	} {
		p, err := CompilePOSIX(tc.pattern)
		if err != nil {
			t.Errorf("%q: %v", tc.pattern, err)
			continue
		}
		if got := p.MatchString(tc.text); got != tc.want {
			t.Errorf("%q in %q: got %v, want %v", tc.pattern, tc.text, got, tc.want)
		}
	}
	for _, bad := range []string{
		"(a", "[a", "a{2,1}", `a\`, "*a", "a**", "a+?", "^*a", "(a|)b", "|b", "b|", "a{256}", "a{1", "a{2}{1}", "",
	} {
		if _, err := CompilePOSIX(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func compile(t testing.TB, pattern string, f Flags) *Program {
	t.Helper()
	p, err := Compile([]byte(pattern), f)
	if err != nil {
		t.Fatalf("%q: %v", pattern, err)
	}
	return p
}

func TestOneProgramServesManySearchesAtOnce(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`a[bc]+d`, `(a)[bc]+d(?!\1)`} {
		p := compile(t, pattern, 0)
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				text := []byte(strings.Repeat("x", i) + "abcbd")
				for range 100 {
					if start, _, ok, _ := p.Find(text, 0, RunOptions{}); !ok || start != i {
						t.Errorf("%q: got %d, %v; want %d", pattern, start, ok, i)
					}
				}
			})
		}
		group.Wait()
	}
}
