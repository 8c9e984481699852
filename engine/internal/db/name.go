package db

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Signature names come in families: "Win.Trojan.Agent-1234567-0" is the family
// "Win.Trojan.Agent" with number and revision. A name is 8 bytes in a record:
// family index (24 bits), number (32 bits), revision (8 bits).

// nameRef is an encoded name.
type nameRef uint64

// The forms of a family.
const (
	formNumber     = 1 << iota // "-number" follows the family
	formRevision               // "-revision" follows the number
	formUnofficial             // ".UNOFFICIAL" ends the name
)

const (
	unofficial  = ".UNOFFICIAL"
	maxFamilies = 1 << 24
	familySize  = 8
)

// nameTable interns families while an image is built.
type nameTable struct {
	index   map[string]uint32
	entries []byte
	strings *blob
	scratch []byte
}

func newNameTable(s *blob) *nameTable {
	return &nameTable{index: map[string]uint32{}, strings: s}
}

// splitName finds the family, number and revision of a name.
func splitName(name string) (family string, num uint32, rev uint8, form uint8) {
	family = name
	if f, ok := strings.CutSuffix(family, unofficial); ok {
		family, form = f, formUnofficial
	}
	base, last, ok := cutNumber(family)
	if !ok {
		return family, 0, 0, form
	}
	if b2, n2, ok2 := cutNumber(base); ok2 && last <= 255 {
		return b2, n2, uint8(last), form | formNumber | formRevision
	}
	return base, last, 0, form | formNumber
}

// cutNumber cuts "-123" off the end; numbers that would not print back the same
// way stay in the family.
func cutNumber(s string) (string, uint32, bool) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return s, 0, false
	}
	d := s[i+1:]
	if d == "" || len(d) > 9 || len(d) > 1 && d[0] == '0' {
		return s, 0, false
	}
	n := uint32(0)
	for j := 0; j < len(d); j++ {
		if d[j] < '0' || d[j] > '9' {
			return s, 0, false
		}
		n = n*10 + uint32(d[j]-'0')
	}
	return s[:i], n, true
}

// ref interns a name.
func (t *nameTable) ref(name string) nameRef {
	family, num, rev, form := splitName(name)
	t.scratch = append(append(t.scratch[:0], form), family...)
	id, ok := t.index[string(t.scratch)]
	if !ok {
		if len(t.index) >= maxFamilies-1 {
			// Out of families: the name is lost, the detection is not.
			family, num, rev, form = "Unnamed", 0, 0, formUnofficial
		}
		id = uint32(len(t.index))
		t.index[string(t.scratch)] = id
		off := t.strings.addString(family)
		t.entries = binary.LittleEndian.AppendUint32(t.entries, off)
		t.entries = binary.LittleEndian.AppendUint16(t.entries, uint16(min(len(family), 0xffff)))
		t.entries = binary.LittleEndian.AppendUint16(t.entries, uint16(form))
	}
	return nameRef(id)<<40 | nameRef(num)<<8 | nameRef(rev)
}

// name prints a reference back.
func (d *DB) name(r nameRef) string {
	e := record(d.family, uint32(r>>40), familySize)
	if e == nil {
		return ""
	}
	le := binary.LittleEndian
	s := string(d.text(le.Uint32(e), uint32(le.Uint16(e[4:]))))
	form := le.Uint16(e[6:])
	if form&formNumber != 0 {
		s += "-" + strconv.FormatUint(uint64(uint32(r>>8)), 10)
	}
	if form&formRevision != 0 {
		s += "-" + strconv.Itoa(int(uint8(r)))
	}
	if form&formUnofficial != 0 {
		s += unofficial
	}
	return s
}

// blob collects bytes and remembers short strings it already holds.
type blob struct {
	b    []byte
	seen map[string]uint32
}

func newBlob() *blob { return &blob{seen: map[string]uint32{}} }

func (b *blob) addString(s string) uint32 {
	if off, ok := b.seen[s]; ok {
		return off
	}
	off := uint32(len(b.b))
	b.b = append(b.b, s...)
	if len(s) <= 128 {
		b.seen[s] = off
	}
	return off
}
