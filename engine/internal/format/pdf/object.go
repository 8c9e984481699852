package pdf

import (
	"bytes"
	"math"
)

// filter is one stage of a stream's decoding.
type filter struct {
	name string
	ref  uint32 // the indirect object that names it, while name is empty
}

// parms are the decode parameters of one filter; zero fields mean the default.
type parms struct {
	predictor, colors, bits, columns int64
	late                             bool   // EarlyChange 0
	crypt                            string // Name of a Crypt filter
}

// script is a JavaScript string in the text.
type script struct {
	from, to int
	hex      bool
}

// Caps of one object.
const (
	maxFilters = 16
	maxScripts = 1 << 16
)

// object is what matters of one object's value.
type object struct {
	b []byte

	filters    []filter
	parms      []parms
	parmsRef   uint32
	length     int64 // -1 if unknown
	lengthRef  uint32
	typ        string
	subtype    string
	first      int64 // of an object stream
	imageFirst bool  // Subtype Image stands before Filter

	scripts    []script
	sawFilter  bool // the name, at any place
	text       bool // its text is wanted as a child
	obfuscated bool

	end    int // of the value
	closed bool
}

func newObject(b []byte) *object { return &object{b: b, length: -1} }

// notable are the names whose escaped spelling clamscan 1.4.6 reports (observed).
var notable = map[string]bool{
	"ASCIIHexDecode": true, "AHx": true, "ASCII85Decode": true, "A85": true, "FlateDecode": true, "Fl": true,
	"LZWDecode": true, "LZW": true, "RunLengthDecode": true, "RL": true, "CCITTFaxDecode": true, "CCF": true,
	"JBIG2Decode": true, "DCTDecode": true, "DCT": true, "JPXDecode": true, "Crypt": true, "Standard": true,
	"Image": true, "Sig": true, "V": true, "R": true, "Linearized": true, "Filter": true, "Length": true,
	"Type": true, "S": true, "JavaScript": true, "Page": true,
	"EmbeddedFile": true, "OpenAction": true, "Launch": true, "Contents": true,
}

// textual are the names that make clamscan 1.4.6 hand over the text of an object
// without a stream (observed); the filters do so where they are the filter.
var textual = map[string]bool{"EmbeddedFile": true, "OpenAction": true, "Launch": true, "Contents": true, "SubmitForm": true, "ImportData": true, "GoToR": true, "GoToE": true}

// name implements visitor.
func (o *object) name(n string, escaped bool) {
	o.text = o.text || textual[n]
	o.sawFilter = o.sawFilter || n == "Filter"
	o.obfuscated = o.obfuscated || escaped && notable[n]
}

// value implements visitor.
func (o *object) value(st []frame, t token) {
	if len(st) == 0 { // an object that is a string: a script may refer to it
		o.script(t)
		return
	}
	if isScript(st) {
		o.script(t)
	}
	if !st[0].dict {
		return
	}
	switch key := st[0].key; key {
	case "Filter", "F":
		o.filter(st, t)
	case "DecodeParms", "DP":
		o.decodeParms(st, t)
	default:
		if len(st) == 1 {
			o.entry(key, t)
		}
	}
}

// isScript tells whether a value is that of JS, or an element of it.
func isScript(st []frame) bool {
	f := &st[len(st)-1]
	if !f.dict && len(st) > 1 {
		f = &st[len(st)-2]
	}
	return f.dict && f.key == "JS"
}

func (o *object) script(t token) {
	if (t.kind == tokString || t.kind == tokHex) && len(o.scripts) < maxScripts {
		o.scripts = append(o.scripts, script{t.from, t.to, t.kind == tokHex})
	}
}

// reference is the object number of a reference, or 0.
func reference(t token) uint32 {
	if t.num < 0 || t.num > math.MaxUint32 {
		return 0
	}
	return uint32(t.num)
}

func (o *object) entry(key string, t token) {
	switch key {
	case "Length":
		if t.kind == tokRef {
			o.length, o.lengthRef = -1, reference(t)
		} else if t.kind == tokNumber {
			o.length, o.lengthRef = t.num, 0
		}
	case "Type":
		if t.kind == tokName {
			o.typ, _ = name(o.b[t.from:t.to])
		}
	case "Subtype":
		if t.kind == tokName {
			o.subtype, _ = name(o.b[t.from:t.to])
			o.imageFirst = o.subtype == "Image" && len(o.filters) == 0
		}
	case "First":
		if t.kind == tokNumber {
			o.first = t.num
		}
	}
}

// filter takes an element of Filter: a name, or an array of names. F is its
// abbreviation, but also the key of a file specification.
func (o *object) filter(st []frame, t token) {
	if len(o.filters) >= maxFilters || len(st) > 2 || len(st) == 2 && st[1].dict {
		return
	}
	switch t.kind {
	case tokName:
		n, _ := name(o.b[t.from:t.to])
		o.filters = append(o.filters, filter{name: n})
	case tokRef:
		if st[0].key == "F" {
			return
		}
		o.filters = append(o.filters, filter{ref: reference(t)})
	}
}

func (o *object) decodeParms(st []frame, t token) {
	in := st[len(st)-1]
	i := 0
	switch {
	case len(st) == 1 && t.kind == tokRef:
		o.parmsRef = reference(t)
		return
	case len(st) == 2 && in.dict:
	case len(st) == 3 && in.dict && !st[1].dict:
		i = st[1].index
	default:
		return
	}
	if i >= maxFilters {
		return
	}
	for len(o.parms) <= i {
		o.parms = append(o.parms, parms{})
	}
	p := &o.parms[i]
	switch in.key {
	case "Predictor":
		p.predictor = t.num
	case "Colors":
		p.colors = t.num
	case "BitsPerComponent":
		p.bits = t.num
	case "Columns":
		p.columns = t.num
	case "EarlyChange":
		p.late = t.kind == tokNumber && t.num == 0
	case "Name":
		if t.kind == tokName {
			p.crypt, _ = name(o.b[t.from:t.to])
		}
	}
}

// parm returns the parameters of the i-th filter.
func (o *object) parm(i int) parms {
	if i < len(o.parms) {
		return o.parms[i]
	}
	return parms{}
}

// parse reads object i. A value that does not end before the next header is read
// on beyond it, as far as the allowance goes: a string may hold anything.
func (d *document) parse(i int) (*object, error) {
	o := newObject(d.b)
	var err error
	o.end, o.closed, err = d.at(i, o).walk()
	if err != nil {
		return nil, err
	}
	from, to := d.region(i)
	if o.end == to && !o.closed && to < len(d.b) {
		wide := newObject(d.b)
		w := d.at(i, wide)
		w.lx.end, w.wide = min(len(d.b), to+d.overlap), true
		wide.end, wide.closed, err = w.walk()
		if err != nil {
			return nil, err
		}
		d.allow(min(w.lx.pos-from, d.overlap))
		if wide.closed {
			o = wide
		} else {
			o.scripts = append(o.scripts, wide.scripts...)
		}
	}
	if err := d.uncomment(i, o); err != nil {
		return nil, err
	}
	if err := d.resolve(o); err != nil {
		return nil, err
	}
	d.salvage(i, o)
	return o, nil
}

// uncomment adds what a value without end has behind percent signs: one of them
// may be damage, and clamscan 1.4.6 knows no comments.
func (d *document) uncomment(i int, o *object) error {
	from, to := d.region(i)
	if o.closed || bytes.IndexByte(d.b[from:to], '%') < 0 {
		return nil
	}
	all := newObject(d.b)
	w := d.at(i, all)
	w.lx.text = true
	var err error
	if all.end, all.closed, err = w.walk(); err != nil || !all.closed {
		return err
	}
	all.text = all.text || o.text
	all.scripts = append(all.scripts, o.scripts...)
	all.obfuscated = all.obfuscated || o.obfuscated
	*o = *all
	return nil
}

// resolve looks up what is written as a reference.
func (d *document) resolve(o *object) error {
	if o.lengthRef != 0 {
		if err := d.inline(o, o.lengthRef, "Length"); err != nil {
			return err
		}
	}
	if o.parmsRef != 0 {
		if err := d.inline(o, o.parmsRef, "DecodeParms"); err != nil {
			return err
		}
	}
	for range maxIndirect {
		list := o.filters
		o.filters = nil
		for _, f := range list {
			if f.ref == 0 {
				o.filters = append(o.filters, f)
			} else if err := d.inline(o, f.ref, "Filter"); err != nil {
				return err
			}
		}
	}
	o.filters = o.filters[:min(len(o.filters), maxFilters)]
	return nil
}

// maxIndirect is how often a reference may lead to another one: from the key to
// an array, and from there to a name.
const maxIndirect = 3

// inline reads the object num as if it stood as the value of key.
func (d *document) inline(o *object, num uint32, key string) error {
	i, ok := d.find(num)
	if !ok {
		return nil
	}
	from, to := d.region(i)
	w := d.at(i, o, frame{dict: true, key: key})
	w.lx.end = min(to, from+maxInline)
	if !d.allow(min(to-from, maxInline)) {
		return nil
	}
	_, _, err := w.walk()
	return err
}

// maxInline is how much of an indirect length, filter or parameter dictionary is
// read, in bytes.
const maxInline = 4096
