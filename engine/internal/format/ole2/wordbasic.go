package ole2

import (
	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/format"
)

// Macros of Word 6 and 95 (the "commands" structure of their documents, whose
// place the file header gives; as others have described it, checked against
// clamscan 1.4.6).
const (
	commandsAt    = 0x118 // u32 offset and u32 size, in the file header
	commandsStart = 0xff

	commandMacros = 0x01
	commandKeys   = 0x03 // tables of keys and menus, which may come first
	commandMenus  = 0x05
	keyEntry      = 14 // bytes
	menuEntry     = 12

	macroEntry  = 24
	macroKeyAt  = 1
	macroSizeAt = 12
	macroDataAt = 20

	maxWordMacros = 1 << 10
)

// wordMacros hands over the macros of a WordDocument stream without the byte that
// is laid over them.
func (u *unpacker) wordMacros(i int) error {
	b, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	fc, ok1 := bytesx.U32LE(b, commandsAt)
	lcb, ok2 := bytesx.U32LE(b, commandsAt+4)
	table := bytesx.Clip(b, int64(fc), int64(lcb))
	if first, ok := bytesx.U8(table, 0); !ok1 || !ok2 || !ok || first != commandsStart {
		return nil
	}
	for at := int64(1); ; {
		id, _ := bytesx.U8(table, at)
		n, ok := bytesx.U16LE(table, at+1)
		const header = 3
		at += header
		switch {
		case !ok:
			return nil
		case id == commandMacros:
			return u.wordTable(b, bytesx.Clip(table, at, int64(n)*macroEntry))
		case id == commandKeys:
			at += int64(n) * keyEntry
		case id == commandMenus:
			at += int64(n) * menuEntry
		default:
			return nil
		}
	}
}

// wordTable hands over the macros of a table; b is the whole stream.
func (u *unpacker) wordTable(b, table []byte) error {
	for n := 0; len(table) >= macroEntry && n < maxWordMacros; n++ {
		key := table[macroKeyAt]
		size, _ := bytesx.U32LE(table, macroSizeAt)
		off, _ := bytesx.U32LE(table, macroDataAt)
		table = table[macroEntry:]
		packed := bytesx.Clip(b, int64(off), int64(size))
		// Macros may share bytes; all of them count.
		if len(packed) == 0 || u.macros+int64(len(packed)) > maxText {
			continue
		}
		text := make([]byte, len(packed))
		for k, c := range packed {
			text[k] = c ^ key
		}
		u.out.Fact(format.MacroVBA, -1)
		if err := u.text("wordbasic", text); err != nil {
			return err
		}
	}
	return nil
}
