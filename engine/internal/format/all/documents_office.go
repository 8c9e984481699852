package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/ole2"
)

// officeDocuments lists the parsers of office documents that are not ZIP archives.
func officeDocuments() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.MSOLE2: format.Func(ole2.Unpack),
	}
}
