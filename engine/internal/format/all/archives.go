package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/alz"
	"gclam/engine/internal/format/arj"
	"gclam/engine/internal/format/bzip2"
	"gclam/engine/internal/format/cab"
	"gclam/engine/internal/format/chm"
	"gclam/engine/internal/format/cpio"
	"gclam/engine/internal/format/egg"
	"gclam/engine/internal/format/gzip"
	"gclam/engine/internal/format/lha"
	"gclam/engine/internal/format/rar"
	"gclam/engine/internal/format/sevenzip"
	"gclam/engine/internal/format/szdd"
	"gclam/engine/internal/format/tar"
	"gclam/engine/internal/format/xz"
	"gclam/engine/internal/format/zip"
)

// archives lists the parsers of archives and compressed files. Types whose name
// ends in SFX are archives inside other data: the parser's object begins where
// the archive was found.
func archives() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.ZIP:         format.Func(zip.Unpack),
		cltype.OOXMLWord:   format.Func(zip.Unpack),
		cltype.OOXMLPPT:    format.Func(zip.Unpack),
		cltype.OOXMLXL:     format.Func(zip.Unpack),
		cltype.OOXMLHWP:    format.Func(zip.Unpack),
		cltype.ZIPSFX:      format.Func(zip.UnpackLocal),
		cltype.ARJ:         format.Func(arj.Unpack),
		cltype.ARJSFX:      format.Func(arj.Unpack),
		cltype.ALZ:         format.Func(alz.Unpack),
		cltype.EGG:         format.Func(egg.Unpack),
		cltype.EGGSFX:      format.Func(egg.Unpack),
		cltype.LHA:         format.Func(lha.Unpack),
		cltype.MSSZDD:      format.Func(szdd.Unpack),
		cltype.CPIOOld:     format.Func(cpio.Unpack),
		cltype.CPIOODC:     format.Func(cpio.Unpack),
		cltype.CPIONewc:    format.Func(cpio.Unpack),
		cltype.CPIOCRC:     format.Func(cpio.Unpack),
		cltype.MSCAB:       format.Func(cab.Unpack),
		cltype.CABSFX:      format.Func(cab.Unpack),
		cltype.MSCHM:       format.Func(chm.Unpack),
		cltype.RAR:         format.Func(rar.Unpack),
		cltype.RARSFX:      format.Func(rar.Unpack),
		cltype.GZ:          format.Func(gzip.Unpack),
		cltype.BZ:          format.Func(bzip2.Unpack),
		cltype.SevenZip:    format.Func(sevenzip.Unpack),
		cltype.SevenZipSFX: format.Func(sevenzip.Unpack),
		cltype.XZ:          format.Func(xz.Unpack),
		cltype.POSIXTar:    format.Func(tar.Unpack),
		cltype.OldTar:      format.Func(tar.Unpack),
	}
}
