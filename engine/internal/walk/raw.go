package walk

import (
	"fmt"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/exe"
	"gclam/engine/internal/exe/elf"
	"gclam/engine/internal/exe/macho"
	"gclam/engine/internal/exe/pe"
	"gclam/engine/internal/match"
	"gclam/engine/internal/sig"
)

// layout reads the facts of an executable that offsets refer to.
func (s *scan) layout(l *layer) {
	s.guard(l, "executable", func() {
		var f *exe.Facts
		var err error
		switch l.typ {
		case cltype.MSEXE:
			imports := s.w.db.HashTable(sig.HashImport, sig.MD5).Len()+s.w.db.HashTable(sig.HashImport, sig.SHA1).Len()+
				s.w.db.HashTable(sig.HashImport, sig.SHA256).Len() > 0
			f, err = pe.Parse(l.view, pe.Options{
				Strict: s.opt.Heuristics.BrokenExecutables, VersionInfo: true, Imports: imports,
			})
		case cltype.ELF:
			f, err = elf.Parse(l.view)
		case cltype.MachO:
			f, err = macho.Parse(l.view)
		}
		if err == nil {
			l.exe = f
		}
	})
}

// universal scans the slices of a universal binary.
func (s *scan) universal(l *layer) {
	slices, broken, err := macho.Slices(l.view)
	if err != nil {
		return
	}
	if broken && s.opt.Heuristics.BrokenExecutables {
		s.heuristic(l, "Heuristics.Broken.Executable")
	}
	for i, sl := range slices {
		c := l.child(fmt.Sprintf("slice-%d", i), l.view.Section(sl.Offset, sl.Size))
		c.typ, c.forced = cltype.MachO, true
		if s.push(c); s.stop() {
			return
		}
	}
}

// matchOptions are the bounds of every pass of this scan.
func (s *scan) matchOptions() *match.Options {
	lim := s.budget.Limits()
	return &match.Options{
		AllMatches: s.opt.AllMatches, Check: func() bool { return s.budget.Check(s.ctx) == nil },
		PCRESteps: lim.PCRESteps, PCREDepth: lim.PCREDepth, PCRESize: lim.PCRESize,
	}
}

// pass matches one buffer of a layer.
func (s *scan) pass(l *layer, obj *match.Object) []match.TypeFound {
	var types []match.TypeFound
	obj.Containers = l.containers()
	s.guard(l, "matching", func() {
		types = s.w.matcher.Run(obj, s.matchOptions(), func(h match.Hit) bool {
			if h.HasHandler && s.handle(l, h) {
				return !s.done
			}
			return s.alert(l, h)
		})
	})
	return types
}

// handle rescans a layer as the type that a signature names, the first time
// that the signature fires on these bytes. The second time, inside that rescan
// or on a normalised view, it alerts itself: handle returns false.
func (s *scan) handle(l *layer, h match.Hit) bool {
	if l.digests == nil || l.normal {
		return false
	}
	key := handlerKey{name: h.Name}
	copy(key.md5[:], l.digests.Sum(sig.MD5))
	if s.handled[key] {
		return false
	}
	s.handled[key] = true
	s.retype(l, l.view, h.Handler)
	return true
}

// noRecognition lists the types in whose bytes no file types are looked for.
func noRecognition(l *layer) bool {
	switch l.typ {
	case cltype.GZ, cltype.CPIOOld, cltype.ZIP, cltype.ZIPSFX, cltype.ARJSFX, cltype.RARSFX, cltype.EGGSFX,
		cltype.CABSFX, cltype.SevenZipSFX, cltype.OldTar, cltype.POSIXTar, cltype.PartHFSPlus:
		return true
	case cltype.PartAny:
		// A partition of a disk is searched with the disk; one that was unpacked is
		// seen here only. ClamAV does not look into the latter.
		return !parentIs(l, cltype.DMG)
	}
	return false
}

// raw matches the layer's own bytes. HTML is matched in its normal forms only.
func (s *scan) raw(l *layer) []match.TypeFound {
	if l.window && l.typ != cltype.MSEXE || l.typ == cltype.HTML && !s.opt.Parse.NoHTML && s.on("DOCUMENT", 0x10) {
		return nil
	}
	target := cltype.TargetOf(l.typ)
	switch target {
	case cltype.TargetHTML, cltype.TargetASCII, cltype.TargetOther:
		target = cltype.TargetAny // these targets have views of their own
	}
	obj := &match.Object{
		Buf: l.buf, Target: target, Generic: true, Digests: l.digests, Exe: l.exe,
		Recognise: !l.plain && !noRecognition(l), Type: l.typ,
	}
	if s.isImage(l) {
		obj.ImageHash = func() ([8]byte, bool) { return s.imageHash(l) }
	}
	return s.pass(l, obj)
}

// on tells whether a feature switch of the database is on; all are by default.
func (s *scan) on(group string, bit uint32) bool {
	v, ok := s.w.features[group]
	return !ok || v&bit != 0
}

// sections matches hashes of PE sections and of the import table.
func (s *scan) sections(l *layer) {
	if l.exe == nil || l.exe.Broken || l.exe.Format != exe.PE {
		return
	}
	if s.on("PE", 0x10) || s.on("PE", 0x8) {
		for i := range l.exe.Sections {
			sec := &l.exe.Sections[i]
			b, err := l.view.Window(sec.Raw, sec.RawSize)
			if err != nil || sec.RawSize <= 0 || int64(len(b)) != sec.RawSize {
				continue
			}
			if !s.hashes(l, sig.HashSection, b, sec.RawSize) {
				return
			}
		}
	}
	if l.exe.HasImports {
		s.hashes(l, sig.HashImport, []byte(l.exe.Imports), int64(len(l.exe.Imports)))
	}
}

// hashes looks up the digests of some bytes of a layer and tells whether to go on.
func (s *scan) hashes(l *layer, use sig.HashUse, b []byte, size int64) bool {
	d := match.NewDigests(b)
	for _, k := range []sig.HashKind{sig.MD5, sig.SHA1, sig.SHA256} {
		if t := s.w.db.HashTable(use, k); !t.Wants(size) {
			continue
		}
		s.w.db.Lookup(use, k, size, d.Sum(k), func(name string) bool {
			return s.alert(l, match.Hit{Name: name, Source: -1, Offset: -1})
		})
		if s.stop() {
			return false
		}
	}
	return !s.stop()
}
