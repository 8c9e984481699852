package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/autoit"
	"gclam/engine/internal/format/ishield"
	"gclam/engine/internal/format/nsis"
	"gclam/engine/internal/format/sis"
	"gclam/engine/internal/format/swf"
)

// installers lists the parsers of installers and of what else is found inside
// of programs.
func installers() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.AutoIt:     format.Func(autoit.Unpack),
		cltype.SIS:        format.Func(sis.Unpack),
		cltype.NulSft:     format.Func(nsis.Unpack),
		cltype.IShieldMSI: format.Func(ishield.Unpack),
		cltype.SWF:        format.Func(swf.Unpack),
	}
}
