package words

import (
	"slices"

	"github.com/cloudflare/ahocorasick"
)

// Set is an immutable set of words. It is safe for concurrent use.
type Set struct {
	words   []string
	matcher *ahocorasick.Matcher
}

// New makes a set. Empty words never occur; of equal words the last counts.
func New(words ...string) *Set {
	s := &Set{words: slices.Clone(words)}
	filled := false
	for _, w := range words {
		filled = filled || w != ""
	}
	if filled {
		s.matcher = ahocorasick.NewStringMatcher(s.words)
	}
	return s
}

// Find returns the indexes of the words that occur in text, each once, in
// ascending order. Upper and lower case differ.
func (s *Set) Find(text []byte) []int {
	if s.matcher == nil {
		return nil
	}
	found := s.matcher.MatchThreadSafe(text)
	found = slices.DeleteFunc(found, func(i int) bool { return i < 0 || i >= len(s.words) || s.words[i] == "" })
	slices.Sort(found)
	return slices.Compact(found)
}

// Contains tells whether any of the words occurs in text.
func (s *Set) Contains(text []byte) bool {
	return s.matcher != nil && s.matcher.Contains(text)
}

// Word returns the word of an index.
func (s *Set) Word(i int) string { return s.words[i] }
