package pdf

import (
	"bytes"
	"math"
	"slices"
)

// encryption is an encryption dictionary (ISO 32000-2, tables 20, 21 and 25).
type encryption struct {
	b []byte

	seen          bool
	filter        string
	version       int64
	revision      int64
	length        int64
	p             int64
	o, u, oe, ue  []byte
	clearMetadata bool // EncryptMetadata false
	streams       string
	strings       string
	embedded      string
	filters       map[string]method
}

// maxCryptFilters is how many named crypt filters are kept.
const maxCryptFilters = 64

// maxEntry is the longest string of an encryption dictionary that is looked at.
const maxEntry = 1024

// name implements visitor.
func (e *encryption) name(string, bool) {}

// value implements visitor.
func (e *encryption) value(st []frame, t token) {
	if len(st) == 0 || !st[0].dict {
		return
	}
	e.seen = true
	if len(st) == 3 && st[0].key == "CF" && st[2].key == "CFM" {
		if m, ok := methods[e.text(t)]; ok && len(e.filters) < maxCryptFilters {
			e.filters[st[1].key] = m
		}
		return
	}
	if len(st) != 1 {
		return
	}
	switch st[0].key {
	case "Filter":
		e.filter = e.text(t)
	case "V":
		e.version = t.num
	case "R":
		e.revision = t.num
	case "Length":
		e.length = t.num
	case "P":
		e.p = t.num
	case "O":
		e.o = stringValue(e.b, t)
	case "U":
		e.u = stringValue(e.b, t)
	case "OE":
		e.oe = stringValue(e.b, t)
	case "UE":
		e.ue = stringValue(e.b, t)
	case "EncryptMetadata":
		e.clearMetadata = e.text(t) == "false"
	case "StmF":
		e.streams = e.text(t)
	case "StrF":
		e.strings = e.text(t)
	case "EFF":
		e.embedded = e.text(t)
	}
}

func (e *encryption) text(t token) string {
	n, _ := name(e.b[t.from:t.to])
	return n
}

// stringValue is the value of a string token, or nil.
func stringValue(b []byte, t token) []byte {
	text := b[t.from:min(t.to, t.from+maxEntry)]
	switch t.kind {
	case tokString:
		return unescape(text)
	case tokHex:
		return unhex(text)
	}
	return nil
}

// methods are the values of CFM.
var methods = map[string]method{"None": methodNone, "V2": methodRC4, "AESV2": methodAES, "AESV3": methodAES256}

// handler makes the opened handler.
func (e *encryption) handler(key []byte) *security {
	s := &security{key: key, metadata: !e.clearMetadata, named: e.filters}
	if e.version < 4 {
		s.streams, s.strings, s.embedded = methodRC4, methodRC4, methodRC4
		return s
	}
	s.streams, s.strings = e.method(e.streams), e.method(e.strings)
	s.embedded = s.streams
	if m, ok := e.filters[e.embedded]; ok {
		s.embedded = m
	}
	return s
}

// method is how the crypt filter of a name encrypts; where that is not said, as
// the version suggests.
func (e *encryption) method(name string) method {
	m, ok := e.filters[name]
	switch {
	case ok || name == "" || name == "Identity":
		return m
	case e.version >= 5:
		return methodAES256
	}
	return methodAES
}

// trailer takes Encrypt and ID of a trailer, or of the dictionary of a
// cross-reference stream.
type trailer struct {
	b   []byte
	ref uint32 // of Encrypt
	at  int    // of Encrypt written in place, 0 for none
	id  []byte
}

// name implements visitor.
func (t *trailer) name(string, bool) {}

// value implements visitor.
func (t *trailer) value(st []frame, v token) {
	if len(st) == 0 || !st[0].dict {
		return
	}
	switch {
	case st[0].key == "Encrypt" && len(st) == 1 && v.kind == tokRef:
		t.ref = reference(v)
	case st[0].key == "Encrypt" && len(st) > 1 && t.at == 0:
		t.at = st[1].at
	case st[0].key == "ID" && len(st) == 2 && t.id == nil:
		t.id = stringValue(t.b, v)
	}
}

// Caps of the search for the encryption dictionary. A file has one, and one more
// trailer for each revision; readers begin with the last.
const (
	maxCandidates = 64 // dictionaries tried
	maxIDs        = 4  // identifiers tried, besides that of the same trailer
)

// unlock looks for encryption dictionaries and opens one that the empty password
// fits, the last first.
func (d *document) unlock() error {
	var last []trailer
	var ids [][]byte
	err := d.trailers(func(t *trailer) {
		if t.id != nil {
			ids = append(ids[max(0, len(ids)-maxIDs+1):], t.id)
		}
		if t.ref != 0 || t.at != 0 {
			last = append(last[max(0, len(last)-maxCandidates+1):], *t)
		}
	})
	if err != nil {
		return err
	}
	for i := len(last) - 1; i >= 0 && d.keys == nil; i-- {
		if err := d.tick(); err != nil {
			return err
		}
		d.locked = true // also where the dictionary cannot be read
		for _, w := range d.encryptions(&last[i]) {
			e, err := d.encryption(w)
			if err != nil {
				return err
			}
			if d.keys == nil && e.seen {
				d.keys = e.unlock(append([][]byte{last[i].id, nil}, ids...))
			}
		}
	}
	d.locked = d.locked && d.keys == nil
	return nil
}

// encryptions returns walkers over the dictionaries that a trailer may mean: of
// several objects of one number the cross-reference table, which is not read,
// chooses.
func (d *document) encryptions(t *trailer) []*walker {
	if t.ref == 0 {
		return []*walker{{lx: lexer{b: d.b, pos: t.at, end: len(d.b)}, tick: d.tick}}
	}
	all := d.all(t.ref)
	all = slices.Concat(all[max(0, len(all)-maxRevisions):], all[:min(len(all), maxRevisions)])
	ws := make([]*walker, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		ws = append(ws, d.at(int(all[i]), nil))
	}
	return ws
}

// maxRevisions is how many of the first and of the last objects of one number
// are tried.
const maxRevisions = 4

// encryption reads a dictionary.
func (d *document) encryption(w *walker) (*encryption, error) {
	e := &encryption{b: d.b, filters: map[string]method{}}
	w.v = e
	w.lx.end = min(w.lx.end, w.lx.pos+maxDictionary)
	again := *w
	_, _, err := w.walk()
	if err == nil && e.u == nil { // a percent sign may have hidden it
		again.lx.text, again.st = true, nil
		_, _, err = again.walk()
	}
	e.complete()
	return e, err
}

// complete derives the version from the revision where it is missing.
func (e *encryption) complete() {
	if e.version != 0 {
		return
	}
	switch {
	case e.revision >= 5:
		e.version = 5
	case e.revision == 4:
		e.version = 4
	case e.revision == 3:
		e.version = 2
	}
}

// maxDictionary is how much of an encryption dictionary is read, in bytes.
const maxDictionary = 64 << 10

// trailers visits all trailers and all streams that may stand for one.
func (d *document) trailers(visit func(*trailer)) error {
	if err := d.strayTrailers(visit); err != nil {
		return err
	}
	for pos := 0; ; {
		n := bytes.Index(d.b[pos:], keyTrailer)
		if n < 0 {
			break
		}
		pos += n + len(keyTrailer)
		end := len(d.b)
		if n := bytes.Index(d.b[pos:], keyTrailer); n >= 0 {
			end = pos + n
		}
		if err := d.trailer(pos, end, visit); err != nil {
			return err
		}
	}
	for i := range d.objects {
		if i%checkEvery == 0 {
			if err := d.tick(); err != nil {
				return err
			}
		}
		from, to := d.region(i)
		if n := bytes.Index(d.b[from:to], keyStream); n >= 0 {
			to = from + n
		}
		if text := d.b[from:to]; !bytes.Contains(text, []byte("Encrypt")) && bytes.IndexByte(text, '#') < 0 {
			continue
		}
		if err := d.trailer(from, to, visit); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) trailer(from, to int, visit func(*trailer)) error {
	t := &trailer{b: d.b}
	w := &walker{lx: lexer{b: d.b, pos: from, end: to}, v: t, tick: d.tick}
	if _, _, err := w.walk(); err != nil {
		return err
	}
	if t.ref == 0 && t.at == 0 {
		t.ref = encryptRef(d.b[from:to])
	}
	if t.ref == 0 && t.at == 0 && t.id == nil {
		return nil
	}
	visit(t)
	return nil
}

// maxStray is how much of a stray entry is read, in bytes: the key and an
// identifier of 64 digits.
const maxStray = 160

// strayTrailers visits the entries of trailers wherever they stand: the keyword
// may be damaged.
func (d *document) strayTrailers(visit func(*trailer)) error {
	for _, key := range []string{"/ID", "/Encrypt"} {
		for pos, i := 0, 1; ; i++ {
			n := bytes.Index(d.b[pos:], []byte(key))
			if n < 0 {
				break
			}
			if i%checkEvery == 0 {
				if err := d.tick(); err != nil {
					return err
				}
			}
			at := pos + n
			pos = at + len(key)
			text := d.b[at:min(len(d.b), at+maxStray)]
			t := &trailer{b: d.b, ref: encryptRef(text[:min(len(text), 64)])}
			if key == "/ID" {
				lx := lexer{b: text, pos: len(key), end: len(text)}
				if v := lx.next(); v.kind == tokOpen && !v.dict {
					t.id = stringValue(text, lx.next())
				}
			}
			if t.ref != 0 || t.id != nil {
				visit(t)
			}
		}
	}
	return nil
}

// encryptRef looks for the reference in the text of a trailer that does not hold
// together.
func encryptRef(text []byte) uint32 {
	const key = "/Encrypt"
	i := bytes.LastIndex(text, []byte(key))
	if i < 0 {
		return 0
	}
	lx := lexer{b: text, pos: i + len(key), end: len(text)}
	num, gen, r := lx.next(), lx.next(), lx.next()
	if num.kind != tokNumber || gen.kind != tokNumber || r.kind != tokKeyword || string(text[r.from:r.to]) != "R" {
		return 0
	}
	return reference(num)
}

// wrap32 is a signed or unsigned 32-bit number as its bits.
func wrap32(n int64) uint32 { return uint32(n & math.MaxUint32) }
