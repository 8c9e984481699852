package pdf

import (
	"bufio"
	"bytes"
	"io"
)

// extent is the place of a stream's data in the file, and the key that opens it.
type extent struct {
	from, to int
	num, gen uint32
}

// slack is by how much a stream may be longer than its Length before the Length
// is taken for wrong: the line end in front of endstream.
const slack = 2

// locate finds the data of object i.
func (d *document) locate(i int, o *object) (extent, bool) {
	from, to := d.region(i)
	start := min(max(o.end, from), len(d.b))
	if !o.closed && !bytes.HasPrefix(d.b[start:], keyStream) {
		start = from // the value may have swallowed the keyword
	}
	if start > to {
		to = d.regionFrom(start)
	}
	s := extent{num: d.objects[i].num, gen: d.objects[i].gen}
	data, ok := d.keyword(start, to)
	if !ok {
		data, ok = d.garbled(start, to)
	}
	if !ok || o.closed && bytes.Contains(d.b[start:data], keyEndObj) {
		return s, false
	}
	s.from = data
	s.to, ok = d.known(data, o.length, to)
	if ok {
		return s, true
	}
	s.to = d.searched(data, max(to, data))
	if n := int64(s.to - data); o.length > 0 && o.length <= n && n-o.length <= slack {
		s.to = data + int(o.length)
	} else if plain(o.filters) || o.length > n {
		s.to = trimLine(d.b, data, s.to)
	}
	return s, true
}

// keyword finds the start of stream data between from and to. Nothing but the
// keyword itself is relied on.
func (d *document) keyword(from, to int) (int, bool) {
	for pos := from; ; {
		n := bytes.Index(d.b[pos:to], keyStream)
		if n < 0 {
			return 0, false
		}
		at := pos + n
		pos = at + len(keyStream)
		if at >= 3 && string(d.b[at-3:at]) == "end" {
			continue
		}
		if pos < len(d.b) && class(d.b[pos]) != white && class(d.b[max(at-1, 0)]) == 0 {
			continue // part of a word
		}
		return lineEnd(d.b, pos), true
	}
}

// maxGarbled is how far behind a garbled keyword its line ends, in bytes.
const maxGarbled = 32

// garbled finds the start of stream data that ends as it should, but whose first
// keyword is a part of another word.
func (d *document) garbled(from, to int) (int, bool) {
	at := bytes.Index(d.b[from:to], keyStream)
	if at < 0 {
		return 0, false
	}
	at += from + len(keyStream)
	n := bytes.IndexByte(d.b[at:min(to, at+maxGarbled)], '\n')
	if n < 0 || !bytes.Contains(d.b[at+n:to], keyEndStream) {
		return 0, false
	}
	return at + n + 1, true
}

// lineEnd skips the line end at pos, and blanks in front of it.
func lineEnd(b []byte, pos int) int {
	p := pos
	for p < len(b) && (b[p] == ' ' || b[p] == '\t') {
		p++
	}
	if p < len(b) && (b[p] == '\r' || b[p] == '\n') {
		pos = p
	}
	if pos < len(b) && b[pos] == '\r' {
		pos++
	}
	if pos < len(b) && b[pos] == '\n' {
		pos++
	}
	return pos
}

// known tells whether Length leads to endstream; then it holds, even where the
// keyword or objects occur in the data. Beyond the next header that costs
// allowance: streams may lie in each other.
func (d *document) known(from int, length int64, to int) (int, bool) {
	if length <= 0 || length > int64(len(d.b)-from) {
		return 0, false
	}
	end := from + int(length)
	p := end
	for p < len(d.b) && p < end+slack+1 && class(d.b[p]) == white {
		p++
	}
	if !bytes.HasPrefix(d.b[p:], keyEndStream) {
		return 0, false
	}
	return end, end <= to || d.allow(end-to)
}

// searched finds the end of data that begins at from: endstream, or else endobj,
// or else the next object.
func (d *document) searched(from, to int) int {
	b := d.b[from:to]
	if n := bytes.Index(b, keyEndStream); n >= 0 {
		return from + n
	}
	if n := bytes.Index(b, keyEndObj); n >= 0 {
		return from + n
	}
	d.truncated = d.truncated || to == len(d.b)
	return to
}

// plain tells whether no filter changes the data.
func plain(fs []filter) bool {
	for _, f := range fs {
		if filterKinds[f.name] != filterPass {
			return false
		}
	}
	return true
}

// trimLine takes one line end off b[from:to].
func trimLine(b []byte, from, to int) int {
	if to > from && b[to-1] == '\n' {
		to--
	}
	if to > from && b[to-1] == '\r' {
		to--
	}
	return to
}

// stream hands over the decoded data of an object.
func (d *document) stream(o *object, s extent) error {
	raw := d.in.Section(int64(s.from), int64(s.to-s.from))
	if raw.Size() == 0 {
		return nil
	}
	p := d.pipeline(o, s)
	if !p.decodes() {
		if o.typ == typeObjStm {
			if err := d.objectStream(o, d.b[s.from:s.to]); err != nil {
				return err
			}
		}
		return d.emit(raw.Reader(), raw.Size())
	}
	best := d.best(p)
	if best < 0 {
		return d.emit(raw.Reader(), raw.Size())
	}
	if err := d.decoded(o, p, best); err != nil {
		return err
	}
	if best < len(p.stages) {
		if err := d.repaired(o, p); err != nil {
			return err
		}
	}
	if p.broken && best > 0 {
		// What cannot be decoded to the end may not be encoded at all: clamscan
		// 1.4.6 takes it as it is.
		if err := d.emit(raw.Reader(), raw.Size()); err != nil {
			return err
		}
	}
	if p.predicted() && o.typ != typeXRef && best == len(p.stages) {
		p.undo = true
		return d.decoded(o, p, best)
	}
	return nil
}

// Types of streams that the file itself is made of.
const (
	typeObjStm = "ObjStm"
	typeXRef   = "XRef"
)

// best is the number of stages after which there is output. A stage that gives
// none is left out, with those behind it; -1 means that not even decryption gives
// anything.
func (d *document) best(p *pipeline) int {
	n := len(p.stages)
	for ; n >= 0; n-- {
		var one [1]byte
		if got, _ := io.ReadFull(p.open(n), one[:]); got > 0 {
			break
		}
	}
	return n
}

// decoded hands over the output of the first n stages.
func (d *document) decoded(o *object, p *pipeline, n int) error {
	r := &watched{r: p.open(n)}
	defer func() { p.broken = p.broken || r.err != nil }()
	if o.typ != typeObjStm {
		return d.emit(r, -1)
	}
	var buf bytes.Buffer
	_, err := io.Copy(&buf, io.LimitReader(r, maxObjectStream))
	if tick := d.tick(); tick != nil {
		return tick
	}
	d.skipped = d.skipped || err == nil && buf.Len() == maxObjectStream
	if err := d.objectStream(o, buf.Bytes()); err != nil {
		return err
	}
	return d.emit(io.MultiReader(bytes.NewReader(buf.Bytes()), r), -1)
}

// watched keeps the error that ended a reader.
type watched struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// minRepaired is how many bytes deflate data without a sound header must give
// before it is taken for such: a few come out of anything.
const minRepaired = 16

// maxJunk is how far behind the start of a stream its data is looked for.
const maxJunk = 64

// repaired hands over deflate data that lacks its header, has a broken one, or
// has something in front of it.
func (d *document) repaired(o *object, p *pipeline) error {
	starts := []start{{0, true}, {2, true}}
	for i := 1; i+1 < min(len(p.raw), maxJunk) && p.cipher == nil; i++ {
		if p.raw[i] == 0x78 && (int(p.raw[i])<<8|int(p.raw[i+1]))%31 == 0 { // RFC 1950, 2.2
			starts = append([]start{{i, false}}, starts...)
		}
	}
	for _, s := range starts {
		p.start = s
		r := bufio.NewReaderSize(p.open(len(p.stages)), minRepaired)
		if head, _ := r.Peek(minRepaired); len(head) == minRepaired {
			return d.decoded(o, p, len(p.stages))
		}
	}
	return nil
}

// image hands over the stream of an image. Pixels are no use to signatures, so
// one that is declared as such before its filters, as clamscan 1.4.6 wants it,
// is only decoded when its data looks like anything but pixels.
func (d *document) image(o *object, s extent) error {
	if o.imageFirst && expands(o.filters) {
		head := make([]byte, sniffSize)
		n, _ := io.ReadFull(d.pipeline(o, s).open(len(o.filters)), head)
		if n > 0 && !fileLike(head[:n]) {
			return d.tick()
		}
	}
	return d.stream(o, s)
}
