package ole2_test

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

var le = binary.LittleEndian

const (
	sector  = 512
	free    = 0xffffffff
	endMark = 0xfffffffe
)

// item is a stream, or a storage with items.
type item struct {
	name  string
	data  []byte
	items []item
}

// image is a compound file under construction.
type image struct {
	sectors []byte
	fat     []uint32
	mini    []byte
	minifat []uint32
	dir     []byte
}

// chain adds data in one piece and returns its first sector.
func (m *image) chain(data []byte) uint32 {
	if len(data) == 0 {
		return endMark
	}
	first := uint32(len(m.fat))
	n := (len(data) + sector - 1) / sector
	m.sectors = append(append(m.sectors, data...), make([]byte, n*sector-len(data))...)
	for i := range n {
		next := first + uint32(i) + 1
		if i == n-1 {
			next = endMark
		}
		m.fat = append(m.fat, next)
	}
	return first
}

// small is chain for the mini stream.
func (m *image) small(data []byte) uint32 {
	first := uint32(len(m.minifat))
	n := (len(data) + 63) / 64
	m.mini = append(append(m.mini, data...), make([]byte, n*64-len(data))...)
	for i := range n {
		next := first + uint32(i) + 1
		if i == n-1 {
			next = endMark
		}
		m.minifat = append(m.minifat, next)
	}
	return first
}

func (m *image) entry(name string, typ byte, start uint32, size int) int {
	e := make([]byte, 128)
	n := 0
	for _, c := range utf16.Encode([]rune(name)) {
		le.PutUint16(e[n:], c)
		n += 2
	}
	le.PutUint16(e[64:], uint16(n+2))
	e[66] = typ
	for _, at := range []int{68, 72, 76} {
		le.PutUint32(e[at:], free)
	}
	le.PutUint32(e[116:], start)
	le.PutUint32(e[120:], uint32(size))
	m.dir = append(m.dir, e...)
	return len(m.dir)/128 - 1
}

// add adds items as a list of right neighbours and returns the first.
func (m *image) add(items []item) uint32 {
	first, last := uint32(free), -1
	for _, it := range items {
		var i int
		switch {
		case it.items != nil:
			i = m.entry(it.name, 1, 0, 0)
			child := m.add(it.items)
			le.PutUint32(m.dir[128*i+76:], child)
		case len(it.data) < 4096:
			i = m.entry(it.name, 2, m.small(it.data), len(it.data))
		default:
			i = m.entry(it.name, 2, m.chain(it.data), len(it.data))
		}
		if last < 0 {
			first = uint32(i)
		} else {
			le.PutUint32(m.dir[128*last+72:], uint32(i))
		}
		last = i
	}
	return first
}

// build writes a compound file of version 3.
func build(items ...item) []byte {
	m := &image{}
	m.entry("Root Entry", 5, endMark, 0)
	child := m.add(items)
	le.PutUint32(m.dir[76:], child)
	le.PutUint32(m.dir[116:], m.chain(m.mini))
	le.PutUint32(m.dir[120:], uint32(len(m.mini)))
	minifat := m.chain(table(m.minifat))
	dir := m.chain(m.dir)
	n := 1
	for (len(m.fat)+n+127)/128 > n {
		n++
	}
	fat := uint32(len(m.fat))
	for range n {
		m.fat = append(m.fat, 0xfffffffd)
	}
	m.sectors = append(m.sectors, table(m.fat)...)

	h := bytes.Repeat([]byte{0xff}, sector)
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	copy(h[8:], make([]byte, 68))
	for at, v := range map[int]uint16{24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6} {
		le.PutUint16(h[at:], v)
	}
	for at, v := range map[int]uint32{44: uint32(n), 48: dir, 56: 4096, 60: minifat, 68: endMark} {
		le.PutUint32(h[at:], v)
	}
	for i := range n {
		le.PutUint32(h[76+4*i:], fat+uint32(i))
	}
	return append(h, m.sectors...)
}

// table writes a sector table, filled up to whole sectors.
func table(list []uint32) []byte {
	var out []byte
	for _, v := range list {
		out = le.AppendUint32(out, v)
	}
	for len(out)%sector != 0 {
		out = le.AppendUint32(out, free)
	}
	return out
}

// pack writes a compressed container of VBA without copy tokens, below 3600 bytes.
func pack(b []byte) []byte {
	var body []byte
	for len(b) > 0 {
		n := min(len(b), 8)
		body = append(append(body, 0), b[:n]...)
		b = b[n:]
	}
	return append(le.AppendUint16([]byte{1}, uint16(0xb000|(len(body)-1))), body...)
}

func record(id uint16, data []byte) []byte {
	out := le.AppendUint16(nil, id)
	return append(le.AppendUint16(out, uint16(len(data))), data...)
}

func dirRecord(id uint16, data string) []byte {
	out := le.AppendUint16(nil, id)
	return append(le.AppendUint32(out, uint32(len(data))), data...)
}

const source = "Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\nX = \"ABC\"\r\n"

// project is the storage of a VBA project of one module.
func project() []item {
	dir := bytes.Join([][]byte{
		dirRecord(1, "\x01\x00\x00\x00"), dirRecord(3, "\xe4\x04"), dirRecord(0x19, "Module1"), dirRecord(0x1a, "Module1"),
		dirRecord(0x31, "\x03\x00\x00\x00"), dirRecord(0x2b, ""), dirRecord(0x10, ""),
	}, nil)
	return []item{
		{name: "_VBA_PROJECT", data: []byte("\xcc\x61\xff\xff\x00\x00\x00")},
		{name: "dir", data: pack(dir)},
		{name: "Module1", data: append([]byte("abc"), pack([]byte(source))...)},
	}
}
