package regex

import "testing"

func TestAPOSIXExpressionMayIgnoreCase(t *testing.T) {
	for _, c := range []struct {
		re, text string
		want     bool
	}{
		{"(?i)EVIL", "an evil.exe", true},
		{"EVIL", "an evil.exe", false},
		{`(?i)evi[L]\.TXT$`, "evil.txt", true},
	} {
		p, err := CompilePOSIX(c.re)
		if err != nil {
			t.Fatalf("%s: %v", c.re, err)
		}
		if got := p.MatchString(c.text); got != c.want {
			t.Errorf("%s on %q: %v, want %v", c.re, c.text, got, c.want)
		}
	}
	if _, err := CompilePOSIX("a(?i)b"); err == nil {
		t.Error("(?i) inside an expression was accepted")
	}
}
