package ole2

import (
	"bytes"
	"strings"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec/xlm"
	"gclam/engine/internal/format"
)

// Caps of workbooks.
const (
	maxListing  = 32 << 20 // bytes of text made of one workbook
	maxDrawings = 32 << 20 // bytes of a workbook's drawing group
	maxPictures = 1 << 12
)

// workbooks hands over the macro sheets and pictures of Excel workbooks.
func (u *unpacker) workbooks() error {
	for i := range u.list {
		e := &u.list[i]
		if !isStream(e) || !strings.EqualFold(e.name, "workbook") && !strings.EqualFold(e.name, "book") {
			continue
		}
		if err := u.workbook(i); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) workbook(i int) error {
	defer u.release()
	b, err := u.load(i, maxLoad)
	if err != nil || u.macros >= maxText {
		return err
	}
	info := xlm.Inspect(b, maxDrawings)
	if info.Encrypted {
		if b, err = u.unlock(b); err != nil {
			return err
		}
		info = xlm.Inspect(b, maxDrawings)
	}
	if info.MacroSheet {
		u.out.Fact(format.MacroXLM, -1)
		if err := u.text("xlm_macros", xlm.Listing(b, maxListing)); err != nil {
			return err
		}
		if err := u.text("xlm_formulas", xlm.Formulas(b, maxListing)); err != nil {
			return err
		}
	}
	return u.pictures(info.Drawings)
}

// Records of drawings (MS-ODRAW 2.2.1, 2.2.23).
const (
	drawHeader  = 8
	drawStore   = 0xf007 // a store entry, in which a picture may lie
	drawPicture = 0xf01a // the first kind of picture; F02Ah is the last
	drawLast    = 0xf02a
	storeSize   = 36 // bytes of a store entry before its name and picture
	drawTag     = 1  // byte between the identifiers and the data of a bitmap
	drawUID     = 16
)

// pictures hands over the pictures of a drawing group. The group is a tree of
// records, read without recursion: containers and store entries are stepped into.
func (u *unpacker) pictures(b []byte) error {
	for n := 0; n < maxPictures; n++ {
		if n%256 == 0 {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
		}
		version, ok1 := bytesx.U16LE(b, 0)
		id, ok2 := bytesx.U16LE(b, 2)
		size, ok3 := bytesx.U32LE(b, 4)
		if !ok1 || !ok2 || !ok3 {
			return nil
		}
		const container = 0x000f
		switch {
		case version&container == container:
			b = b[drawHeader:]
			continue
		case id == drawStore:
			name, _ := bytesx.U8(b, drawHeader+33)
			b = bytesx.Clip(b, drawHeader+storeSize+int64(name), int64(len(b)))
			continue
		case id >= drawPicture && id <= drawLast:
			if err := u.picture(id, version>>4, bytesx.Clip(b, drawHeader, int64(size))); err != nil {
				return err
			}
		}
		b = bytesx.Clip(b, drawHeader+int64(size), int64(len(b)))
	}
	return nil
}

// bitmaps maps kinds of pictures to how they begin where that is known, to find
// the data behind one or two identifiers.
var bitmaps = map[uint16][]byte{
	0xf01d: []byte("\xff\xd8"), 0xf02a: []byte("\xff\xd8"), 0xf01e: []byte("\x89PNG"), 0xf029: []byte("II"),
}

// picture hands over one picture without its identifiers.
func (u *unpacker) picture(id, instance uint16, b []byte) error {
	skip := drawUID + drawTag
	if instance&1 != 0 { // a second identifier
		skip += drawUID
	}
	if start, ok := bitmaps[id]; ok {
		if i := bytes.Index(b[:min(len(b), 64)], start); i >= 0 {
			skip = i
		}
	}
	if len(b) <= skip {
		return nil
	}
	return u.data("picture", b[skip:])
}
