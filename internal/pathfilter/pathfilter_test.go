package pathfilter

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, pattern, path string
		want                bool
	}{
		{"matches anywhere", "/f/x", "/a/f/x", true},
		{"a trailing slash is matched behind the name", "/sub/", "/c/sub", true},
		{"anchors", "^/c$", "/c", true},
		{"case counts", "Alpha", "/alpha", false},
		{"an escaped dot", `\.log$`, "/a.log", true},
		{"an escaped dot is no wildcard", `\.log$`, "/axlog", false},
		{"a backslash before a letter is that letter", `\d`, "/d", true},
		{"a backslash before a letter is no class", `\d`, "/5", false},
		{"a backslash in brackets is a character", `[\.]x`, `/\x`, true},
		{"a bracket first in brackets", `[]a]$`, "/]", true},
		{"a negated bracket", `/[^]/]+$`, "/a]", false},
		{"character classes", `[[:digit:]]{2}`, "/x12", true},
		{"collating elements", `[[.a.]]$`, "/a", true},
		{"an invalid pattern matches nothing", "(", "/(", false},
		{"an open bracket matches nothing", "[a", "/[a", false},
		{"bytes that are no UTF-8", "\xe4.$", "/\xe4\xff", true},
		{"a repeated repetition is invalid", "a+?", "/aaa", false},
		{"only the first 512 bytes count", "end", "/" + strings.Repeat("x", 600) + "end", false},
		{"alternatives", `\.(exe|dll)$`, "/x.dll", true},
	}
	for _, tt := range tests {
		if got := New([]string{tt.pattern}).Match(tt.path); got != tt.want {
			t.Errorf("%s: %q on %q is %v", tt.name, tt.pattern, tt.path, got)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(`[[:alpha:]\]]`, "x")
	f.Add(`a{1,2}(b|\c)*?`, "abc")
	f.Fuzz(func(_ *testing.T, pattern, path string) {
		New([]string{pattern, ""}).Match(path)
	})
}
