package db

import (
	"bytes"
	"encoding/binary"
	"sort"

	"gclam/engine/internal/sig"
)

// A hash section holds n digests, sorted by size and then digest: count u32,
// 12 reserved bytes, then n sizes (u32), n names (u64) and n digests. The size
// sig.AnySize, which sorts last, stands for any size.
const hashHeader = 16

func hashSection(use sig.HashUse, kind sig.HashKind) sectionID {
	return secHash + sectionID(use)*4 + sectionID(kind)
}

// hashBuilder collects hash signatures of one use and kind.
type hashBuilder struct {
	sizes   []uint32
	names   []nameRef
	digests []byte
}

// Hash implements sig.Sink.
func (b *Builder) Hash(h *sig.Hash) error {
	t := &b.hashes[h.Use][h.Kind]
	t.sizes = append(t.sizes, h.Size)
	t.names = append(t.names, b.names.ref(h.Name))
	t.digests = append(t.digests, h.Digest[:h.Kind.Size()]...)
	return nil
}

// sorter orders hash records in place, equal ones by age.
type sorter struct {
	*hashBuilder
	width int
	order []uint32
}

func (s *sorter) Len() int { return len(s.sizes) }

func (s *sorter) Less(i, j int) bool {
	if s.sizes[i] != s.sizes[j] {
		return s.sizes[i] < s.sizes[j]
	}
	w := s.width
	if c := bytes.Compare(s.digests[i*w:i*w+w], s.digests[j*w:j*w+w]); c != 0 {
		return c < 0
	}
	return s.order[i] < s.order[j]
}

func (s *sorter) Swap(i, j int) {
	s.sizes[i], s.sizes[j] = s.sizes[j], s.sizes[i]
	s.names[i], s.names[j] = s.names[j], s.names[i]
	s.order[i], s.order[j] = s.order[j], s.order[i]
	var tmp [32]byte
	w := s.width
	a, b := s.digests[i*w:i*w+w], s.digests[j*w:j*w+w]
	copy(tmp[:], a)
	copy(a, b)
	copy(b, tmp[:w])
}

func (t *hashBuilder) encode(kind sig.HashKind) []byte {
	n := len(t.sizes)
	if n == 0 {
		return nil
	}
	s := &sorter{hashBuilder: t, width: kind.Size(), order: make([]uint32, n)}
	for i := range s.order {
		s.order[i] = uint32(i)
	}
	sort.Sort(s)
	le := binary.LittleEndian
	out := make([]byte, hashHeader, hashHeader+n*(12+s.width))
	le.PutUint32(out, uint32(n))
	for _, v := range t.sizes {
		out = le.AppendUint32(out, v)
	}
	for _, v := range t.names {
		out = le.AppendUint64(out, uint64(v))
	}
	return append(out, t.digests...)
}

// HashTable is a hash section in place; the zero value is empty.
type HashTable struct {
	n       int
	width   int
	sizes   []byte
	names   []byte
	digests []byte
	anySize int // index of the first any-size record
}

func parseHashTable(b []byte, width int) (HashTable, bool) {
	if len(b) == 0 {
		return HashTable{}, true
	}
	if len(b) < hashHeader {
		return HashTable{}, false
	}
	n := uint64(binary.LittleEndian.Uint32(b))
	if uint64(len(b)-hashHeader) != n*uint64(12+width) {
		return HashTable{}, false
	}
	b = b[hashHeader:]
	t := HashTable{n: int(n), width: width, sizes: b[:4*n], names: b[4*n : 12*n], digests: b[12*n:]}
	t.anySize = t.lower(sig.AnySize, nil)
	return t, true
}

// Len returns the number of records.
func (t *HashTable) Len() int { return t.n }

func (t *HashTable) size(i int) uint32 { return binary.LittleEndian.Uint32(t.sizes[4*i:]) }

func (t *HashTable) digest(i int) []byte { return t.digests[i*t.width : (i+1)*t.width] }

// lower returns the first record not below (size, digest).
func (t *HashTable) lower(size uint32, digest []byte) int {
	return sort.Search(t.n, func(i int) bool {
		if s := t.size(i); s != size {
			return s > size
		}
		return digest == nil || bytes.Compare(t.digest(i), digest) >= 0
	})
}

// Wants tells whether an object of this size can match at all, so that its
// hash is worth computing.
func (t *HashTable) Wants(size int64) bool {
	if t.n == 0 {
		return false
	}
	if t.anySize < t.n {
		return true
	}
	if size < 0 || size >= int64(sig.AnySize) {
		return false
	}
	i := t.lower(uint32(size), nil)
	return i < t.n && t.size(i) == uint32(size)
}

// find returns the name of the youngest record with size and digest.
func (t *HashTable) find(size uint32, digest []byte) (nameRef, bool) {
	i := t.lower(size, digest)
	found := -1
	for ; i < t.n && t.size(i) == size && bytes.Equal(t.digest(i), digest); i++ {
		found = i
	}
	if found < 0 {
		return 0, false
	}
	return nameRef(binary.LittleEndian.Uint64(t.names[8*found:])), true
}

// Lookup calls fn with the name of each signature of an object, the one for its
// size before the one for any size, until fn returns false. It tells whether
// there was any.
func (d *DB) Lookup(use sig.HashUse, kind sig.HashKind, size int64, digest []byte, fn func(name string) bool) bool {
	t := d.HashTable(use, kind)
	if t.n == 0 || len(digest) != t.width {
		return false
	}
	found := false
	if size >= 0 && size < int64(sig.AnySize) {
		if r, ok := t.find(uint32(size), digest); ok {
			if found = true; !fn(d.name(r)) {
				return true
			}
		}
	}
	if t.anySize < t.n {
		if r, ok := t.find(sig.AnySize, digest); ok {
			found = true
			fn(d.name(r))
		}
	}
	return found
}
