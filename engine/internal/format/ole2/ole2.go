package ole2

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// maxLoad bounds the part of a stream that is looked into, in bytes.
const maxLoad = 64 << 20

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	h, ok, err := parseHeader(in)
	if err != nil || !ok {
		return err
	}
	u := &unpacker{ctx: ctx, b: b, out: out, f: open(in, h), names: map[key]int{}, given: map[content]bool{}}
	defer u.release()
	if u.list, err = u.f.readDirectory(ctx, b); err != nil {
		return err
	}
	if len(u.list) == 0 {
		out.Fact(format.Truncated, in.Size())
		return u.carveFile()
	}
	u.f.setMini(u.list[0])
	u.index()
	for _, step := range []func() error{u.hangul, u.projects, u.encrypted, u.workbooks, u.objects, u.streams} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// key finds a stream by the storage that it lies in and its name in lower case.
type key struct {
	storage int
	name    string
}

// content is what makes two streams the same.
type content struct {
	start uint32
	size  int64
	mini  bool
}

// anywhere is the storage of keys that do not care.
const anywhere = -1

type unpacker struct {
	ctx      context.Context
	b        *limit.Budget
	out      format.Sink
	f        *file
	list     []entry
	names    map[key]int
	granted  int64 // bytes of memory charged to the budget
	read     map[int]bool
	spent    int64 // see spend
	given    map[content]bool
	macros   int64 // bytes of macro text handed over
	deflated bool  // streams are compressed, see hangul
}

// What may be loaded of one file: streams may share sectors, so their sum is
// bounded, by a multiple of the file's size behind a fixed part.
const (
	maxPasses = 8
	minLoads  = 256 << 20 // bytes
)

// spend accounts for n bytes and tells whether they may be loaded.
func (u *unpacker) spend(n int64) bool {
	u.spent += n
	return u.spent <= minLoads+maxPasses*u.f.in.Size()
}

// release gives back the memory of the streams that were loaded.
func (u *unpacker) release() {
	u.b.Release(u.granted)
	u.granted = 0
}

func isStream(e *entry) bool {
	return e.typ != typeFree && e.typ != typeDir && e.typ != typeRoot && e.size > 0
}

// index makes streams known by name; of several with one name the first counts.
func (u *unpacker) index() {
	for i := range u.list {
		e := &u.list[i]
		if !isStream(e) {
			continue
		}
		name := strings.ToLower(e.name)
		for _, k := range []key{{e.storage, name}, {anywhere, name}} {
			if _, ok := u.names[k]; !ok {
				u.names[k] = i
			}
		}
	}
}

// lookup finds a stream in a storage, or elsewhere if it is not there.
func (u *unpacker) lookup(storage int, name string) (int, bool) {
	name = strings.ToLower(name)
	i, ok := u.names[key{storage, name}]
	if !ok {
		i, ok = u.names[key{anywhere, name}]
	}
	return i, ok
}

// load returns the start of a stream: without a copy where it lies in one piece of
// memory, otherwise charged to the budget until the end of Unpack.
func (u *unpacker) load(i int, most int64) ([]byte, error) {
	e := &u.list[i]
	if left := u.b.Remaining(); left >= 0 {
		most = min(most, left)
	}
	most = min(most, e.size)
	if most <= 0 || !u.spend(most) {
		return nil, nil
	}
	r := u.f.stream(u.ctx, u.b, e, u.f.isMini(e), most)
	if vr, ok := r.(*input.Reader); ok {
		v, _ := vr.View()
		u.short(v.Size(), most)
		return v.Window(0, most)
	}
	if !u.b.Grant(most) {
		return nil, nil
	}
	u.granted += most
	w := bytes.NewBuffer(make([]byte, 0, most+bytes.MinRead)) // no more than the file has
	_, err := w.ReadFrom(io.LimitReader(r, most))
	if errors.Is(err, limit.ErrStop) {
		return nil, err
	}
	u.short(int64(w.Len()), most)
	return w.Bytes(), nil
}

// short reports a stream whose chain ends early.
func (u *unpacker) short(got, want int64) {
	if got < want {
		u.out.Fact(format.Truncated, -1)
	}
}

// streams hands over all streams.
func (u *unpacker) streams() error {
	for i := range u.list {
		e := &u.list[i]
		if !isStream(e) {
			continue
		}
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		if err := u.stream(i); err != nil {
			return err
		}
	}
	return nil
}

// stream hands over one stream and what is found by its content.
func (u *unpacker) stream(i int) error {
	defer u.release()
	e := &u.list[i]
	name := path(u.list, i)
	head, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	for k, mini := range u.readings(e) {
		c := content{e.start, e.size, mini}
		if u.given[c] {
			continue // entries that share their content
		}
		u.given[c] = true
		var r io.Reader
		if k == 0 && int64(len(head)) == e.size {
			r = input.Bytes(head).Reader()
		} else if r = u.limited(e, mini); r == nil {
			continue
		}
		m := format.Meta{Name: name, CompressedSize: e.size, Size: e.size, NoMeta: true}
		if err := u.out.Child(m, r); err != nil {
			return err
		}
	}
	if len(head) == 0 {
		return nil
	}
	if err := u.activeMime(name, head); err != nil {
		return err
	}
	if err := u.inflate(i, name, head); err != nil {
		return err
	}
	return u.carve(i, name, head)
}

// limited opens a stream as far as limits let it be scanned; nil if not at all.
// Without this, chains that can no longer be scanned would still be followed.
func (u *unpacker) limited(e *entry, mini bool) io.Reader {
	most := e.size
	if left := u.b.Remaining(); left >= 0 && left < most {
		most = left
		if left == u.b.Limits().FileSize {
			u.b.Hit(limit.FileSize)
		} else {
			u.b.Hit(limit.ScanSize)
		}
		u.out.Fact(format.Skipped, -1)
	}
	if most == 0 {
		return nil
	}
	return u.f.stream(u.ctx, u.b, e, mini, most)
}

// readings tells where to read a stream from: the mini stream or not. A file with
// another border between the two than the usual one is read in both ways, since
// readers differ about it.
func (u *unpacker) readings(e *entry) []bool {
	mini := u.f.isMini(e)
	if usual := e.size < defaultCutoff; usual != mini {
		return []bool{mini, usual}
	}
	return []bool{mini}
}
