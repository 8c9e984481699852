package words

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		words []string
		text  string
		want  []int
	}{
		{"words that occur are found once, in order", []string{"he", "she", "hers"}, "ushers, she", []int{0, 1, 2}},
		{"case counts", []string{"a"}, "A", nil},
		{"words at both ends are found", []string{"a", "z"}, "a z", []int{0, 1}},
		{"an empty text has none", []string{"a"}, "", nil},
		{"an empty set finds nothing", nil, "a", nil},
		{"bytes over 127 are bytes", []string{"\xe3\x80"}, "x\xe3\x80\x82", []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := New(tt.words...)
			got := s.Find([]byte(tt.text))
			if len(got) == 0 {
				got = nil
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if s.Contains([]byte(tt.text)) != (tt.want != nil) {
				t.Errorf("Contains says otherwise")
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	set := []string{"ab", "b", "abc", "ca"}
	s := New(set...)
	f.Add([]byte("xabca"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var want []int
		for i, w := range set {
			if strings.Contains(string(text), w) {
				want = append(want, i)
			}
		}
		if got := s.Find(text); !cmp.Equal(want, got) && len(want)+len(got) > 0 {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	})
}
