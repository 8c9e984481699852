package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/apm"
	"gclam/engine/internal/format/dmg"
	"gclam/engine/internal/format/gpt"
	"gclam/engine/internal/format/hfsplus"
	"gclam/engine/internal/format/iso9660"
	"gclam/engine/internal/format/mbr"
	"gclam/engine/internal/format/udf"
	"gclam/engine/internal/format/xar"
)

// images lists the parsers of disk images, partition tables, file systems and
// packages.
func images() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.ISO9660:     format.Func(iso9660.Unpack),
		cltype.DMG:         format.Func(dmg.Unpack),
		cltype.PartHFSPlus: format.Func(hfsplus.Unpack),
		cltype.UDF:         format.Func(udf.Unpack),
		cltype.MBR:         format.Func(mbr.Unpack),
		cltype.GPT:         format.Func(gpt.Unpack),
		cltype.APM:         format.Func(apm.Unpack),
		cltype.XAR:         format.Func(xar.Unpack),
	}
}
