package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/pdf"
)

// documentsPDF lists the parsers of PDF, of the XML that carries it, and of rich
// text.
func documentsPDF() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.PDF: format.Func(pdf.Unpack),
	}
}
