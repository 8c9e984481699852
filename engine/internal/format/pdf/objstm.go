package pdf

import "math"

// maxObjectStream is how much of a decoded object stream is read for objects, in
// bytes; all of it is handed over as a child.
const maxObjectStream = 64 << 20

// objectStream looks through the objects of an object stream (ISO 32000-2,
// 7.5.7) for scripts. They stand one behind the other, so they are read in their
// order and the offsets are needed for strings only that a script refers to.
func (d *document) objectStream(o *object, b []byte) error {
	first := int(min(max(o.first, 0), int64(len(b))))
	strings := map[int]uint32{} // offset to object number
	lx := lexer{b: b, end: first}
	for len(strings) < maxObjects {
		num, off := lx.next(), lx.next()
		if num.kind != tokNumber || off.kind != tokNumber {
			break
		}
		if off.num >= 0 && off.num < int64(len(b)-first) && num.num >= 0 && num.num <= math.MaxUint32 {
			strings[first+int(off.num)] = uint32(num.num)
		}
	}
	for pos := first; pos < len(b); {
		v := newObject(b)
		w := &walker{lx: lexer{b: b, pos: pos, end: len(b)}, v: v, tick: d.tick}
		w.lx.skip()
		start := w.lx.pos
		num, listed := strings[start]
		end, _, err := w.walk()
		if err != nil {
			return err
		}
		pos = max(end, start+1, w.lx.pos)
		d.obfuscated = d.obfuscated || v.obfuscated
		d.note(v)
		for _, s := range v.scripts {
			if err := d.script(b[s.from:s.to], s.hex, nil); err != nil {
				return err
			}
		}
		if listed && d.scriptRefs[num] {
			if err := d.stringObject(b, start); err != nil {
				return err
			}
		}
	}
	return nil
}

// stringObject hands over the string that stands at b[at:], if any.
func (d *document) stringObject(b []byte, at int) error {
	lx := lexer{b: b, pos: at, end: len(b)}
	t := lx.next()
	if t.kind != tokString && t.kind != tokHex {
		return nil
	}
	return d.script(b[t.from:t.to], t.kind == tokHex, nil)
}
