package tar

import (
	"bytes"
	"context"
	"io"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Layout of a header block, POSIX.1-1988 (ustar).
const (
	block     = 512
	nameLen   = 100
	sizeOff   = 124
	sumOff    = 148
	typeOff   = 156
	padding   = 512 // NUL bytes at most put after the data of a cut member
	checkStep = 128 // blocks between two looks at the clock
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	w := walker{ctx: ctx, in: in, b: b, out: out}
	for off := int64(0); off < in.Size(); {
		next, err := w.entry(off)
		if err != nil {
			return err
		}
		off = next
	}
	return nil
}

type walker struct {
	ctx   context.Context
	in    input.View
	b     *limit.Budget
	out   format.Sink
	files int
	seen  int  // blocks since the last look at the clock
	bad   bool // damage was reported
}

// entry handles the header at off and returns where the next one should be.
func (w *walker) entry(off int64) (int64, error) {
	if w.seen++; w.seen >= checkStep {
		w.seen = 0
		if err := w.b.Check(w.ctx); err != nil {
			return 0, err
		}
	}
	h, err := w.in.Window(off, block)
	if err != nil {
		return 0, err
	}
	if len(h) < block || !checksum(h) {
		if len(h) == block && h[0] != 0 && !w.bad {
			w.bad = true
			w.out.Fact(format.Damaged, off)
		}
		return off + block, nil
	}
	size, ok := number(h[sizeOff : sizeOff+12])
	if !ok {
		w.out.Fact(format.Damaged, off)
		return off + block, nil
	}
	switch kind(h[typeOff]) {
	case headerOnly:
		return off + block, nil
	case file:
		if err := w.file(h, off+block, size); err != nil {
			return 0, err
		}
	}
	if size > w.in.Size()-off {
		if !w.bad {
			w.out.Fact(format.Truncated, w.in.Size())
		}
		return w.in.Size(), nil
	}
	return off + block + (size+block-1)/block*block, nil
}

// file hands over the data of one member.
func (w *walker) file(h []byte, off, size int64) error {
	name, _, _ := bytes.Cut(h[:nameLen], []byte{0})
	w.files++
	m := format.Meta{Name: string(name), CompressedSize: size, Size: size, Position: w.files}
	if size == 0 {
		return w.out.Child(m, nil)
	}
	want := size
	if r := w.b.Remaining(); r >= 0 && want > r {
		want = r // a member over the limit is scanned up to the limit
		w.out.Fact(format.Skipped, off)
	}
	have := w.in.Section(off, want)
	if have.Size() == want {
		return w.out.Child(m, have.Reader())
	}
	// ClamAV copies whole blocks: hash signatures see the padding of a cut member.
	pad := min(padding, want-have.Size())
	return w.out.Child(m, io.MultiReader(have.Reader(), bytes.NewReader(make([]byte, pad))))
}

type entryKind uint8

const (
	file entryKind = iota
	headerOnly
	extension // its data describes another entry
)

// kind classifies a type flag. Unknown letters are files: what matters is that
// their data is looked at.
func kind(flag byte) entryKind {
	switch flag {
	case '1', '2', '3', '4', '5', '6', 'V':
		return headerOnly
	case 'K', 'L', 'N', 'A', 'E', 'I', 'g', 'x', 'X':
		return extension
	}
	return file
}

// checksum tells whether h carries the sum of its bytes, the checksum field
// counted as blanks; old programs added signed characters.
func checksum(h []byte) bool {
	if h[0] == 0 {
		return false
	}
	want, ok := number(h[sumOff : sumOff+8])
	if !ok {
		return false
	}
	var unsigned, signed int64
	for i, c := range h[:block] {
		if i >= sumOff && i < sumOff+8 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}

// number reads an octal field, or a base-256 one as GNU tar and star write it.
func number(f []byte) (int64, bool) {
	if f[0]&0x80 != 0 {
		return base256(f)
	}
	f = bytes.TrimLeft(f, " \x00")
	n, digits := int64(0), 0
	for _, c := range f {
		if c < '0' || c > '7' {
			if c != 0 && c != ' ' {
				return 0, false
			}
			break
		}
		n = n<<3 | int64(c-'0')
		digits++
	}
	return n, digits > 0
}

func base256(f []byte) (int64, bool) {
	n := int64(f[0] & 0x3f)
	if f[0]&0x40 != 0 { // negative
		return 0, false
	}
	for _, c := range f[1:] {
		if n >= 1<<54 {
			return 0, false
		}
		n = n<<8 | int64(c)
	}
	return n, true
}
