package mime

import (
	"bytes"
	"strings"
)

// maxChain bounds how many boundaries of equal hash are compared with a line.
const maxChain = 8

// boundaries are the boundaries of all open multiparts, found by hash so that a
// line costs the same however deep the nesting is.
//
// Leading dashes are taken off both sides before comparing, because clamscan
// 1.4.6 accepts any number of dashes before the boundary.
type boundaries struct {
	all   []bound
	index map[uint64]int // hash of the folded key -> innermost entry
}

// bound is one boundary.
type bound struct {
	key    string // without leading dashes
	dashes int    // how many there were
	level  int
	hash   uint64
	prev   int // next outer entry with the same hash, -1 for none
}

func (b *boundaries) len() int { return len(b.all) }

// push adds the boundary of a level.
func (b *boundaries) push(s string, level int) {
	key := strings.TrimLeft(s, "-")
	h := newHash()
	for i := range len(key) {
		h = h.add(key[i])
	}
	if b.index == nil {
		b.index = make(map[uint64]int)
	}
	prev, ok := b.index[uint64(h)]
	if !ok {
		prev = -1
	}
	b.index[uint64(h)] = len(b.all)
	b.all = append(b.all, bound{key, len(s) - len(key), level, uint64(h), prev})
}

// truncate forgets all but the outermost n boundaries.
func (b *boundaries) truncate(n int) {
	for len(b.all) > n {
		e := b.all[len(b.all)-1]
		if e.prev < 0 {
			delete(b.index, e.hash)
		} else {
			b.index[e.hash] = e.prev
		}
		b.all = b.all[:len(b.all)-1]
	}
}

// match tells which level's boundary the line is, and whether it closes the
// multipart. Blanks at the end and comments do not count.
func (b *boundaries) match(line []byte) (level int, closing, ok bool) {
	line = bytes.TrimRight(line, " \t\r")
	if level, closing, ok = b.matchExact(line); ok || !bytes.HasSuffix(line, []byte(")")) {
		return level, closing, ok
	}
	return b.matchExact(bytes.TrimRight([]byte(stripComments(string(line))), " \t"))
}

// matchPrefix is match for a boundary with text after a blank.
func (b *boundaries) matchPrefix(line []byte) (int, bool) {
	i := bytes.IndexAny(line, " \t")
	if i <= 0 {
		return 0, false
	}
	level, closing, ok := b.matchExact(line[:i])
	return level, ok && !closing
}

func (b *boundaries) matchExact(line []byte) (level int, closing, ok bool) {
	rest := bytes.TrimLeft(line, "-")
	dashes := len(line) - len(rest)
	if dashes == 0 || len(b.all) == 0 {
		return 0, false, false
	}
	h := newHash()
	found := -1
	for i, c := range rest {
		if c == '-' && i+1 < len(rest) && rest[i+1] == '-' {
			if e := b.lookup(h, rest[:i], dashes, true); e >= 0 {
				found = e
			}
		}
		h = h.add(c)
	}
	if e := b.lookup(h, rest, dashes, false); e >= 0 {
		// A boundary of dashes alone is closed by two more of them.
		all := b.all[e]
		return all.level, len(rest) == 0 && dashes >= all.dashes+4, true
	}
	if found >= 0 {
		return b.all[found].level, true, true
	}
	return 0, false, false
}

// lookup finds the innermost boundary equal to key. Case is ignored in closing
// lines and after exactly two dashes (observed: clamscan 1.4.6).
func (b *boundaries) lookup(h hash, key []byte, dashes int, closing bool) int {
	e, ok := b.index[uint64(h)]
	folded := -1
	for n := 0; ok && e >= 0 && n < maxChain; n++ {
		x := &b.all[e]
		if dashes > x.dashes {
			if x.key == string(key) {
				return e
			}
			if folded < 0 && (closing || dashes == x.dashes+2) && strings.EqualFold(x.key, string(key)) {
				folded = e
			}
		}
		e = x.prev
	}
	return folded
}

// hash is FNV-1a over bytes folded to lower case.
type hash uint64

func newHash() hash { return 14695981039346656037 }

func (h hash) add(c byte) hash { return (h ^ hash(lower(c))) * 1099511628211 }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
