package dmg

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec/xmltoken"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// The trailer, the last sector of an image. Numbers are big endian.
const (
	sector       = 512
	trailerMagic = "koly"
	forkAt       = 24 // offset and size of the data
	resourceAt   = 40 // of the resource fork
	listAt       = 216
)

const (
	maxTables  = 1 << 10 // partitions of one image
	maxDepth   = 50      // of the property list (observed: clamscan 1.4.6)
	maxZeros   = 256 << 20
	checkEvery = 1024
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	k, err := in.Window(in.Size()-sector, sector)
	if err != nil {
		return err
	}
	if len(k) < sector || !bytes.HasPrefix(k, []byte(trailerMagic)) {
		out.Fact(format.Damaged, 0)
		return nil
	}
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, zeros: maxZeros}
	list, err := u.propertyList(number(k, listAt), number(k, listAt+8))
	if err != nil {
		return err
	}
	u.fork = number(k, forkAt) + u.shift
	if list.Size() > 0 {
		m := format.Meta{CompressedSize: list.Size(), Size: list.Size(), NoMeta: true}
		if err := out.Child(m, list.Reader()); err != nil {
			return err
		}
		doc, err := list.All()
		if err != nil {
			return err
		}
		if err := u.list(xmltoken.UTF8(doc)); err != nil {
			return err
		}
	}
	if u.tables == 0 {
		if err := u.resources(in.Section(number(k, resourceAt)+u.shift, number(k, resourceAt+8))); err != nil {
			return err
		}
	}
	if u.tables == 0 {
		out.Fact(format.Damaged, in.Size()-sector)
	}
	return nil
}

type unpacker struct {
	ctx    context.Context
	in     input.View
	b      *limit.Budget
	out    format.Sink
	fork   int64 // where the data starts
	shift  int64 // bytes before the image
	tables int   // block tables seen
	zeros  int64 // zeros that may still be made up
}

// number reads an offset or size; one that cannot be right becomes one past any
// object.
func number(b []byte, off int) int64 {
	const most = 1 << 50
	return int64(min(binary.BigEndian.Uint64(b[off:]), most))
}

// propertyList finds the property list. When other data precedes the image, all
// offsets are off by its length; the list ends where the trailer starts.
func (u *unpacker) propertyList(off, size int64) (input.View, error) {
	if size == 0 {
		return input.View{}, nil
	}
	for _, shift := range []int64{0, u.in.Size() - sector - off - size} {
		v := u.in.Section(off+shift, size)
		w, err := v.Window(0, 1024)
		if err != nil {
			return v, err
		}
		w = bytes.TrimLeft(xmltoken.UTF8(w), "\xef\xbb\xbf \t\r\n")
		if bytes.HasPrefix(w, []byte("<")) && bytes.Contains(w, []byte("<plist")) {
			u.shift = shift
			return v, nil
		}
	}
	return u.in.Section(off, size), nil
}

// list goes through a property list for block tables: each piece of data that
// starts like one is one, wherever it stands.
func (u *unpacker) list(doc []byte) error {
	sc := xmltoken.New(doc)
	depth, inData := 0, false
	for i := 0; ; i++ {
		if i%checkEvery == 0 {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
		}
		t, ok := sc.Next()
		if !ok {
			return nil
		}
		switch t.Kind {
		case xmltoken.Start:
			inData = t.Name == "data"
			if !t.Empty {
				depth++
			}
			if depth > maxDepth {
				u.out.Fact(format.Damaged, 0)
				return nil
			}
		case xmltoken.End:
			inData = false
			depth--
		case xmltoken.Text:
			if !inData {
				continue
			}
			if err := u.table(decode(t.Text)); err != nil {
				return err
			}
		}
	}
}

// decode undoes base64, white space and all, as far as it goes.
func decode(text []byte) []byte {
	clean := make([]byte, 0, len(text))
	for _, c := range text {
		if c > ' ' && c != '=' {
			clean = append(clean, c)
		}
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean)
	return out[:n]
}

// resources looks for block tables in a resource fork. Each resource is preceded
// by its length.
func (u *unpacker) resources(v input.View) error {
	b, err := v.All()
	if err != nil {
		return err
	}
	const lengthSize = 4
	for {
		i := bytes.Index(b, []byte(tableMagic))
		if i < 0 {
			return nil
		}
		var size int64
		if i >= lengthSize {
			size = int64(binary.BigEndian.Uint32(b[i-lengthSize:]))
		}
		b = b[i:]
		if err := u.table(bytesx.Clip(b, 0, size)); err != nil {
			return err
		}
		b = b[min(max(size, int64(len(tableMagic))), int64(len(b))):]
	}
}
