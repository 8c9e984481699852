package regex

import (
	"bytes"
	"testing"
)

func FuzzFind(f *testing.F) {
	for _, tc := range findCases() {
		f.Add([]byte(tc.pattern), []byte(tc.text), uint16(tc.flags))
	}
	for _, p := range []string{`(a+)+$`, `(?R)?a(?R)?b`, `((?1)?a)b\1`, `(?(?=a)b|c)*`, `[[:alpha:]\d-]{3,}?`, `(?|(a)|b)\1(*SKIP)x`} {
		f.Add([]byte(p), bytes.Repeat([]byte("aab"), 20), uint16(0))
	}
	f.Fuzz(func(t *testing.T, pattern, text []byte, flags uint16) {
		if len(pattern) > 200 || len(text) > 2000 {
			return
		}
		p, err := Compile(pattern, Flags(flags))
		if err != nil {
			return
		}
		o := RunOptions{Steps: 5000, Depth: 500}
		start, end, ok, err := p.Find(text, 0, o)
		if err != nil {
			t.Fatal(err)
		}
		if ok && (start < 0 || start > end || end > len(text)) {
			t.Fatalf("%q in %q: %d..%d", pattern, text, start, end)
		}
		if p.auto == nil {
			return
		}
		slow := *p
		slow.auto = nil
		o = RunOptions{Steps: 1 << 14, Depth: 1 << 14}
		x, y, found, _ := slow.Find(text, 0, o)
		if found && (!ok || x != start || y != end) {
			t.Fatalf("%q/%b in %q: automaton %d..%d %v, machine %d..%d", pattern, flags, text, start, end, ok, x, y)
		}
	})
}

func FuzzPOSIX(f *testing.F) {
	for _, p := range []string{`^/proc/`, `(a|b){2}c`, `[[:digit:]]+-x`, `a**b`, `[]a]`, `\<a\>`, `{`, `a{1`, `[[.a.]]`} {
		f.Add(p, "a12-x")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || len(text) > 500 {
			return
		}
		if p, err := CompilePOSIX(pattern); err == nil {
			p.MatchString(text)
		}
	})
}
