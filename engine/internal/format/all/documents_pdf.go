package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/pdf"
	"gclam/engine/internal/format/rtf"
	"gclam/engine/internal/format/xdp"
)

// documentsPDF lists the parsers of PDF, of the XML that carries it, and of rich
// text.
func documentsPDF() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.PDF: format.Func(pdf.Unpack),
		cltype.RTF: format.Func(rtf.Unpack),
		cltype.XDP: format.Func(xdp.Unpack),
	}
}
