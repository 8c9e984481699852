package all

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/binhex"
	"gclam/engine/internal/format/cryptff"
	"gclam/engine/internal/format/mime"
	"gclam/engine/internal/format/screnc"
	"gclam/engine/internal/format/tnef"
	"gclam/engine/internal/format/uuencode"
)

// mail lists the parsers of mail, of the encodings at home in mail, and of encoded
// scripts.
func mail() map[cltype.Type]format.Unpacker {
	return map[cltype.Type]format.Unpacker{
		cltype.Mail:      format.Func(mime.Unpack),
		cltype.MHTML:     format.Func(mime.Unpack),
		cltype.TNEF:      format.Func(tnef.Unpack),
		cltype.UUEncoded: format.Func(uuencode.Unpack),
		cltype.BinHex:    format.Func(binhex.Unpack),
		cltype.CryptFF:   format.Func(cryptff.Unpack),
		cltype.ScrEnc:    format.Func(screnc.Unpack),
	}
}
