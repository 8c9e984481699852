package walk

import (
	"bytes"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/heuristic"
	"gclam/engine/internal/input"
	"gclam/engine/internal/match"
	"gclam/engine/internal/match/fuzzyimg"
	"gclam/engine/internal/normal/html"
	"gclam/engine/internal/normal/text"
)

// html makes the normal forms of a page and matches each of them.
func (s *scan) html(l *layer) {
	if s.opt.Parse.NoHTML || !s.on("DOCUMENT", 0x1) {
		return
	}
	lim := s.budget.Limits()
	if lim.HTML > 0 && l.size > lim.HTML {
		s.fact(l, "skipped", -1, "MaxHTMLNormalize")
		return
	}
	v, err := html.Normalize(s.ctx, l.view, s.budget, html.Options{NoTags: lim.HTMLTags <= 0 || l.size <= lim.HTMLTags})
	if err != nil {
		s.fact(l, "skipped", -1, err.Error())
	}
	s.styleImages(l, v.StyleImages)
	s.view(l, "nocomment.html", v.NoComment, cltype.TargetHTML, true)
	s.view(l, "notags.html", v.NoTags, cltype.TargetHTML, true)
	s.view(l, "javascript", v.Scripts, cltype.TargetHTML, true)
	s.view(l, "javascript", v.Scripts, cltype.TargetASCII, true)
	s.dataURIs(l, v.DataURIs)
}

// styleImages scans what the style sheets of a page carry in data: URIs.
func (s *scan) styleImages(l *layer, images [][]byte) {
	for _, b := range images {
		s.push(l.child("", input.Bytes(b)))
	}
}

// dataURIs scans what the attributes of a page carry in data: URIs. ClamAV wraps
// each in a mail message, which is no container to signatures.
func (s *scan) dataURIs(l *layer, mails [][]byte) {
	for _, b := range mails {
		c := l.child("", input.Bytes(b))
		c.normal, c.hashed = true, true
		s.push(c)
	}
}

// view matches a normalised form of a layer.
func (s *scan) view(l *layer, name string, b []byte, t cltype.Target, hashed bool) {
	if len(b) == 0 || s.stop() {
		return
	}
	c := l.child(name, input.Bytes(b))
	c.typ, c.normal, c.hashed = l.typ, true, hashed
	if _, err := c.bytes(); err != nil {
		return
	}
	obj := &match.Object{Buf: b, Target: t, Generic: true}
	if hashed {
		obj.Digests = c.digests
	} else {
		obj.Size, obj.Flat = l.size, true // the view is not an object of its own
	}
	s.pass(c, obj)
}

// script matches the normal form of text: what target 7 sees.
func (s *scan) script(l *layer) {
	if s.opt.Parse.NoNormalize || !s.on("DOCUMENT", 0x8) {
		return
	}
	lim := s.budget.Limits()
	if lim.Script > 0 && l.size > lim.Script {
		s.fact(l, "skipped", -1, "MaxScriptNormalize")
		return
	}
	b, err := text.Stream(s.ctx, l.view, s.budget, s.w.db.Meta().MaxPattern)
	if err != nil {
		s.fact(l, "skipped", -1, err.Error())
	}
	// The normalised text counts as a layer of its own, with hashes, only when
	// some offset of target 7 is relative to it (observed with clamscan 1.4.6).
	layered := s.w.relative[cltype.TargetASCII]
	s.view(l, "normalised", b, cltype.TargetASCII, layered)
	if layered && !s.stop() {
		// ClamAV then evaluates logical signatures once more, on nothing.
		s.pass(l, &match.Object{Target: cltype.TargetASCII, Generic: true, Size: l.size})
	}
}

// unpadded matches a text without the blank lines before it. ClamAV does not: a
// mail without a header, whose body follows an empty line, hides from signatures
// and hashes anchored at its start.
func (s *scan) unpadded(l *layer) {
	b := bytes.TrimLeft(l.buf, "\r\n")
	if l.typ == cltype.TextASCII && len(b) < len(l.buf) && len(b) > minObject {
		s.view(l, "text", b, cltype.TargetAny, true)
	}
}

// postRaw runs the parsers that come after a layer's own bytes were matched.
func (s *scan) postRaw(l *layer) {
	switch l.typ {
	case cltype.TextASCII, cltype.TextUTF8, cltype.TextUTF16LE, cltype.TextUTF16BE:
		if !l.page && !l.plain {
			s.script(l)
		}
		if !s.stop() {
			s.unpadded(l)
		}
		if !s.stop() && parentIs(l, cltype.Mail) {
			s.pass(l, &match.Object{Buf: l.buf, Target: cltype.TargetMail})
		}
	case cltype.MSEXE:
		if !s.opt.Parse.NoPE {
			s.executable(l)
		}
	case cltype.ELF:
		if !s.opt.Parse.NoELF {
			s.broken(l)
		}
	case cltype.MachO, cltype.MachOUniBin:
		s.broken(l)
	case cltype.BinaryData, cltype.PythonCompiled:
		s.pass(l, &match.Object{Buf: l.buf, Target: cltype.TargetOther, Generic: true, Digests: l.digests})
		if l.typ == cltype.BinaryData && !s.stop() {
			s.untyped(l)
		}
	case cltype.PDF:
		s.unpack(l, cltype.PDF)
	}
}

func (s *scan) executable(l *layer) {
	s.sections(l)
	if !s.stop() {
		s.broken(l)
	}
	if !s.stop() && !s.opt.Heuristics.Off && s.on("PE", magistrBit) {
		s.heuristics(l, heuristic.Magistr(l.buf, l.exe))
	}
}

// broken raises the alert for executables whose headers do not hold together.
func (s *scan) broken(l *layer) {
	if s.opt.Heuristics.BrokenExecutables && l.exe != nil && l.exe.Broken {
		s.heuristic(l, "Heuristics.Broken.Executable")
	}
}

// isImage tells whether a layer may have a perceptual hash.
func (s *scan) isImage(l *layer) bool {
	switch l.typ {
	case cltype.Graphics, cltype.GIF, cltype.PNG, cltype.JPEG, cltype.TIFF:
		return !s.opt.Parse.NoImage && !s.opt.Parse.NoImageHash && s.on("OTHER", 0x4000)
	}
	return false
}

func (s *scan) imageHash(l *layer) ([8]byte, bool) {
	if !l.image.done {
		l.image.done = true
		s.guard(l, "image", func() { l.image.sum, l.image.ok = fuzzyimg.Hash(l.buf) })
	}
	return l.image.sum, l.image.ok
}
