package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/hwp"
	"gclam/engine/internal/format/msxml"
	"gclam/engine/internal/format/ole2"
	"gclam/engine/internal/format/onenote"
)

// officeDocuments lists the parsers of office documents that are not ZIP archives.
func officeDocuments() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.MSOLE2:  format.Func(ole2.Unpack),
		cltype.HWPOLE2: format.Func(hwp.UnpackOLE),
		cltype.HWP3:    format.Func(hwp.Unpack),
		cltype.XMLHWP:  format.Func(msxml.UnpackHWP),
		cltype.XMLWord: format.Func(msxml.Unpack),
		cltype.XMLXL:   format.Func(msxml.Unpack),
		cltype.OneNote: format.Func(onenote.Unpack),
	}
}
