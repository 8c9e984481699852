package pdf

// maxObjectStream is how much of a decoded object stream is read for objects, in
// bytes; all of it is handed over as a child.
const maxObjectStream = 64 << 20

// objectStream looks through the objects of an object stream (ISO 32000-2,
// 7.5.7) for scripts and actions. They stand one behind the other, so they are read in their
// order and neither their numbers nor their offsets are needed.
func (d *document) objectStream(o *object, b []byte) error {
	for pos := int(min(max(o.first, 0), int64(len(b)))); pos < len(b); {
		v := newObject(b)
		w := &walker{lx: lexer{b: b, pos: pos, end: len(b)}, v: v, tick: d.tick}
		if _, _, err := w.walk(); err != nil {
			return err
		}
		w.lx.skip()
		text := b[pos:max(w.lx.pos, pos+1)]
		pos += len(text)
		if v.text {
			if err := d.child(text); err != nil {
				return err
			}
		}
		d.obfuscated = d.obfuscated || v.obfuscated
		for _, s := range v.scripts {
			if err := d.script(b[s.from:s.to], s.hex, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
