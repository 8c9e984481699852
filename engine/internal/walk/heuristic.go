package walk

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
)

// judge turns a structural observation into the heuristic alert it stands for,
// if that alert is wanted.
func (s *scan) judge(l *layer, f format.Fact) {
	h := &s.opt.Heuristics
	switch f {
	case format.Encrypted:
		s.encrypted(l)
	case format.Overlap:
		if !h.Off && isZIP(l.typ) {
			s.heuristic(l, "Heuristics.Zip.OverlappingFiles")
		}
	case format.PartitionOverlap:
		if name := partitionAlert(l.typ); h.PartitionIntersection && name != "" {
			s.heuristic(l, name)
		}
	case format.MacroVBA:
		if h.Macros {
			s.heuristic(l, "Heuristics.OLE2.ContainsMacros.VBA")
		}
	case format.MacroXLM:
		if h.Macros {
			s.heuristic(l, "Heuristics.OLE2.ContainsMacros.XLM")
		}
	case format.ObfuscatedPDFName:
		if !h.Off {
			s.heuristic(l, "Heuristics.PDF.ObfuscatedNameObject")
		}
	}
}

func isZIP(t cltype.Type) bool {
	switch t {
	case cltype.ZIP, cltype.OOXMLWord, cltype.OOXMLPPT, cltype.OOXMLXL, cltype.OOXMLHWP:
		return true
	}
	return false
}

func (s *scan) encrypted(l *layer) {
	h := &s.opt.Heuristics
	name := ""
	switch {
	case isZIP(l.typ):
		name = "Heuristics.Encrypted.Zip"
	case l.typ == cltype.RAR:
		name = "Heuristics.Encrypted.RAR"
	case l.typ == cltype.EGG:
		name = "Heuristics.Encrypted.EGG"
	case l.typ == cltype.SevenZip:
		name = "Heuristics.Encrypted.7Zip"
	case l.typ == cltype.PDF && h.EncryptedDoc:
		s.heuristic(l, "Heuristics.Encrypted.PDF")
		return
	}
	if name != "" && h.EncryptedArchive && !l.window {
		s.heuristic(l, name)
	}
}

func partitionAlert(t cltype.Type) string {
	switch t {
	case cltype.MBR:
		return "Heuristics.MBRPartitionnIntersect"
	case cltype.GPT:
		return "Heuristics.GPTPartitionIntersection"
	case cltype.APM:
		return "Heuristics.APMPartitionIntersection"
	}
	return ""
}
