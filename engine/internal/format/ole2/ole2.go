package ole2

import (
	"context"
	"errors"
	"io"
	"strings"

	"gclam/engine/internal/codec"
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
	defer func() { b.Release(u.granted) }()
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

// maxPasses is how often the bytes of a file may be gone through in streams.
const maxPasses = 8

// spend accounts for a stream that is to be taken apart and tells whether it may
// be. Streams may share sectors, so their sum is bounded by the size of the file.
func (u *unpacker) spend(b []byte) bool {
	u.spent += int64(len(b))
	return u.spent <= maxPasses*u.f.in.Size()
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
	r := u.f.stream(u.ctx, u.b, e, u.f.isMini(e))
	if vr, ok := r.(*input.Reader); ok {
		v, _ := vr.View()
		return v.Window(0, most)
	}
	if !u.b.Grant(min(e.size, most)) {
		return nil, nil
	}
	u.granted += min(e.size, most)
	data, err := io.ReadAll(io.LimitReader(r, most))
	if errors.Is(err, limit.ErrStop) {
		return nil, err
	}
	return data, nil
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

func (u *unpacker) stream(i int) error {
	e := &u.list[i]
	name := path(u.list, i)
	m := format.Meta{Name: name, CompressedSize: e.size, Size: e.size, NoMeta: true}
	for _, mini := range u.readings(e) {
		c := content{e.start, e.size, mini}
		if u.given[c] {
			continue // entries that share their content
		}
		u.given[c] = true
		r := u.f.stream(u.ctx, u.b, e, mini)
		if _, inPlace := r.(*input.Reader); !inPlace {
			r = codec.Cut(u.b, r)
		}
		if err := u.out.Child(m, r); err != nil {
			return err
		}
	}
	head, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	if int64(len(head)) < min(e.size, maxLoad) {
		u.out.Fact(format.Truncated, -1)
	}
	if err := u.activeMime(name, head); err != nil {
		return err
	}
	if err := u.inflate(i, name, head); err != nil {
		return err
	}
	return u.carve(i, name, head)
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
