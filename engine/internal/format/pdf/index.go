package pdf

import (
	"bytes"
	"cmp"
	"slices"
)

// header is one "N G obj" of the file.
type header struct {
	num  uint32
	gen  uint32
	at   int // of the number
	body int // behind obj
}

// headerSize is the memory that one header and its place in the order take.
const headerSize = 32

// maxObjects is how many objects of one file are looked at: readers stop at
// 8388607 indirect objects, and none comes near that.
const maxObjects = 1 << 21

var (
	keyObj       = []byte("obj")
	keyStream    = []byte("stream")
	keyEndStream = []byte("endstream")
	keyEndObj    = []byte("endobj")
	keyTrailer   = []byte("trailer")
)

// scan finds all objects by their text.
func (d *document) scan() error {
	b := d.b
	for pos, n := 0, 0; ; n++ {
		if n%checkEvery == 0 {
			if err := d.tick(); err != nil {
				return err
			}
		}
		i := bytes.Index(b[pos:], keyObj)
		if i < 0 {
			return nil
		}
		i += pos
		pos = i + len(keyObj)
		h, ok := headerBefore(b, i)
		if !ok {
			continue // endobj, or a word of text
		}
		h.body = pos
		if len(d.objects)%checkEvery == 0 {
			if len(d.objects) >= maxObjects || !d.grant(checkEvery*headerSize) {
				d.skipped = true
				return nil
			}
		}
		d.objects = append(d.objects, h)
	}
}

// headerBefore reads the two numbers in front of b[i:], backwards.
func headerBefore(b []byte, i int) (header, bool) {
	gen, i, ok := numberBefore(b, i)
	if !ok || i == 0 || class(b[i-1]) != white {
		return header{}, false
	}
	num, at, ok := numberBefore(b, i)
	return header{num: num, gen: gen, at: at}, ok
}

// maxDigits is the length of the largest object number that is taken, leading
// zeros included.
const maxDigits = 10

func numberBefore(b []byte, i int) (n uint32, from int, ok bool) {
	for i > 0 && class(b[i-1]) == white {
		i--
	}
	to := i
	for i > 0 && to-i < maxDigits && b[i-1] >= '0' && b[i-1] <= '9' {
		i--
	}
	for _, c := range b[i:to] {
		n = n*10 + uint32(c-'0')
	}
	return n, i, i < to
}

// region is the text between an object's header and the next one.
func (d *document) region(i int) (from, to int) {
	to = len(d.b)
	if i+1 < len(d.objects) {
		to = max(d.objects[i+1].at, d.objects[i].body)
	}
	return d.objects[i].body, to
}

// regionFrom is the text from b[from:] to the next header.
func (d *document) regionFrom(from int) (to int) {
	i, _ := slices.BinarySearchFunc(d.objects, from, func(h header, n int) int { return cmp.Compare(h.at, n) })
	if i < len(d.objects) {
		return d.objects[i].at
	}
	return len(d.b)
}

// find returns the last object of a number: the one that counts for readers,
// unless the cross-reference table says otherwise.
func (d *document) find(num uint32) (int, bool) {
	all := d.all(num)
	if len(all) == 0 {
		return 0, false
	}
	return int(all[len(all)-1]), true
}

// all returns the objects of a number, in the order of the file.
func (d *document) all(num uint32) []int32 {
	if d.order == nil {
		d.order = make([]int32, len(d.objects))
		for i := range d.order {
			d.order[i] = int32(i)
		}
		slices.SortStableFunc(d.order, func(a, b int32) int {
			return cmp.Compare(d.objects[a].num, d.objects[b].num)
		})
	}
	search := func(n int64) int {
		i, _ := slices.BinarySearchFunc(d.order, n, func(e int32, n int64) int {
			return cmp.Compare(int64(d.objects[e].num), n)
		})
		return i
	}
	return d.order[search(int64(num)):search(int64(num)+1)]
}

// allow charges n bytes that are looked at once more to the allowance which
// keeps the work linear.
func (d *document) allow(n int) bool {
	if n > d.overlap {
		return false
	}
	d.overlap -= n
	return true
}

// at returns a walker over the value of an object.
func (d *document) at(i int, v visitor, st ...frame) *walker {
	from, to := d.region(i)
	return &walker{lx: lexer{b: d.b, pos: from, end: to}, v: v, tick: d.tick, st: st}
}
