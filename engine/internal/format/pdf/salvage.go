package pdf

import "bytes"

// maxSalvage is how much of a damaged dictionary is read, in bytes. Its square
// bounds the work, as a stray parenthesis costs the rest of the text.
const maxSalvage = 4096

// salvage reads what counts from a dictionary that does not hold together: names
// wherever they stand, and what follows Filter and Length. A single byte that is
// changed, such as a parenthesis that opens a string, must not hide a stream.
func (d *document) salvage(i int, o *object) {
	if o.closed && (!o.sawFilter || named(o.filters)) {
		return
	}
	from, to := d.region(i)
	for _, key := range [][]byte{keyStream, keyEndObj} {
		if n := bytes.Index(d.b[from:to], key); n >= 0 {
			to = from + n
		}
	}
	s := newObject(d.b)
	lx := lexer{b: d.b, pos: from, end: min(to, from+maxSalvage), lenient: true, text: !o.closed}
	for t := lx.next(); t.kind != tokEnd; t = lx.next() {
		if t.kind != tokName {
			continue
		}
		key, escaped := name(d.b[t.from:t.to])
		s.name(key, escaped)
		switch key {
		case "Filter":
			s.filters = append(s.filters, names(&lx, s)...)
		case "Length":
			if v := lx.next(); v.kind == tokNumber {
				s.length = v.num
			}
		}
	}
	o.text = o.text || s.text
	o.obfuscated = o.obfuscated || s.obfuscated
	if len(s.filters) > len(o.filters) {
		o.filters = s.filters[:min(len(s.filters), maxFilters)]
	}
	if o.length < 0 {
		o.length = s.length
	}
}

// codecs are the filters that pass data on.
var codecs = map[string]bool{"DCTDecode": true, "DCT": true, "JPXDecode": true, "JBIG2Decode": true, "CCITTFaxDecode": true, "CCF": true, "Crypt": true}

// named tells whether there are filters and all of them are known.
func named(fs []filter) bool {
	for _, f := range fs {
		if !codecs[f.name] && filterKinds[f.name] == filterPass {
			return false
		}
	}
	return len(fs) > 0
}

// names reads a name or an array of names, as far as it goes; o is told of each.
func names(lx *lexer, o *object) []filter {
	var list []filter
	array := false
	for len(list) < maxFilters {
		before := lx.pos
		t := lx.next()
		switch {
		case t.kind == tokName && (array || len(list) == 0 || known(lx.b[t.from:t.to])):
			n, escaped := name(lx.b[t.from:t.to])
			o.name(n, escaped)
			list = append(list, filter{name: n})
		case t.kind == tokName:
			lx.pos = before
			return list
		case t.kind == tokOpen && !t.dict && !array:
			array = true
		case t.kind == tokKeyword && (array || len(list) == 0):
		default:
			lx.pos = before
			return list
		}
	}
	return list
}

// known tells whether b names a filter that decodes.
func known(b []byte) bool {
	n, _ := name(b)
	return filterKinds[n] != filterPass
}
