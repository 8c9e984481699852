package autoit

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	mark       = "\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9\x99\x4c\x53\x0a\x86\xd6\x48\x7dAU3!EA0"
	searchSize = 2048 // where the mark is looked for in an object of its own
	sumSize    = 16   // bytes between mark and records
	timesSize  = 16   // times of a member
	maxMembers = 1 << 12
)

// dialect is what differs between the generations. Numbers in records are XORed
// with a constant; text and data are encrypted with a key stream, whose seed is
// a constant plus what is named.
type dialect struct {
	record       uint32 // first number of a record
	tagXOR       uint32 // length of the tag
	tagSeed      uint32 // plus length
	pathXOR      uint32
	sizeXOR      uint32
	dataSeed     uint32
	charSize     int64 // bytes of a character of tag and path
	magic        string
	literalBit   uint32
	stream       func(seed uint32) keyStream
	addSum       bool // the sum of the bytes after the mark counts for the data
	scriptTokens bool
}

var (
	ea05 = dialect{
		record: 0xceb06dff, tagXOR: 0x29bc, tagSeed: 0xa25e, pathXOR: 0x29ac, sizeXOR: 0x45aa, dataSeed: 0x22af,
		charSize: 1, magic: "EA05", literalBit: 0, stream: newTwister, addSum: true,
	}
	ea06 = dialect{
		record: 0x52ca436b, tagXOR: 0xadbc, tagSeed: 0xb33f, pathXOR: 0xf820, sizeXOR: 0x87bc, dataSeed: 0x2477,
		charSize: 2, magic: "EA06", literalBit: 1, stream: newLagged, scriptTokens: true,
	}
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	in, err := locate(in)
	if err != nil {
		return err
	}
	head, err := in.Window(0, 1+sumSize)
	if err != nil {
		return err
	}
	if len(head) < 1+sumSize {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	d := &ea05
	switch head[0] {
	case '5':
	case '6':
		d = &ea06
	default:
		out.Fact(format.Unsupported, 0)
		return nil
	}
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, d: d}
	if d.addSum {
		for _, c := range head[1:] {
			u.sum += uint32(c)
		}
	}
	return u.records()
}

// locate skips the mark, and what is before it.
func locate(in input.View) (input.View, error) {
	w, err := in.Window(0, searchSize)
	if err != nil {
		return in, err
	}
	if i := bytes.Index(w, []byte(mark)); i >= 0 {
		return in.Section(int64(i+len(mark)), in.Size()), nil
	}
	return in, nil
}

type unpacker struct {
	ctx context.Context
	in  input.View
	b   *limit.Budget
	out format.Sink
	d   *dialect
	sum uint32
	off int64 // of what is read next
}

// number reads a number of a record.
func (u *unpacker) number(xor uint32) (uint32, bool) {
	w, err := u.in.Window(u.off, 4)
	if err != nil || len(w) < 4 {
		return 0, false
	}
	u.off += 4
	return binary.LittleEndian.Uint32(w) ^ xor, true
}

// records walks the members.
func (u *unpacker) records() error {
	u.off = 1 + sumSize
	for i := range maxMembers {
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		n, ok := u.number(0)
		if !ok || n != u.d.record {
			if i == 0 {
				u.out.Fact(format.Damaged, u.off)
			}
			return nil
		}
		tag, ok := u.text(u.d.tagXOR, u.d.tagSeed)
		if !ok {
			break
		}
		if _, ok = u.text(u.d.pathXOR, 0); !ok {
			break
		}
		m, ok := u.header()
		if !ok {
			break
		}
		m.script = u.d.scriptTokens && tag == scriptTag
		m.data = u.in.Section(u.off, int64(m.size))
		if m.data.Size() < int64(m.size) {
			u.out.Fact(format.Truncated, u.in.Size())
		}
		u.off += int64(m.size)
		if err := u.member(m); err != nil {
			return err
		}
	}
	u.out.Fact(format.Truncated, u.in.Size())
	return nil
}

// scriptTag is the tag of the main script.
const scriptTag = ">>>AUTOIT SCRIPT<<<"

// text reads an encrypted text. Only one that may be the tag of a script is
// decrypted; of the others the answer is empty.
func (u *unpacker) text(xor, seed uint32) (string, bool) {
	n, ok := u.number(xor)
	if !ok {
		return "", false
	}
	size := int64(n) * u.d.charSize
	if size > u.in.Size()-u.off {
		return "", false
	}
	w, err := u.in.Window(u.off, size)
	u.off += size
	if err != nil || int(n) != len(scriptTag) {
		return "", err == nil
	}
	plain := make([]byte, size)
	if _, err := io.ReadFull(&decrypted{r: bytes.NewReader(w), s: u.d.stream(n + seed)}, plain); err != nil {
		return "", false
	}
	var s []byte
	for i := int64(0); i < size; i += u.d.charSize {
		s = append(s, plain[i])
	}
	return string(s), true
}

// member is a record behind its names.
type member struct {
	packed     bool
	script     bool
	size, real uint32
	data       input.View
}

func (u *unpacker) header() (m member, ok bool) {
	w, err := u.in.Window(u.off, 1)
	if err != nil || len(w) < 1 {
		return m, false
	}
	u.off++
	m.packed = w[0] == 1
	m.size, _ = u.number(u.d.sizeXOR)
	m.real, _ = u.number(u.d.sizeXOR)
	_, ok = u.number(0) // checksum
	u.off += timesSize
	return m, ok && u.off <= u.in.Size()
}
