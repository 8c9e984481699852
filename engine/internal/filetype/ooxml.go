package filetype

import (
	"bytes"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/input"
)

const (
	ooxmlWindow   = 1024
	ooxmlWindows  = 32 // windows of local headers looked at
	ooxmlHeaders  = 3  // local headers looked at
	localName     = 30 // where the name begins behind PK\3\4
	centralName   = 46 // where the name begins behind PK\1\2
	ooxmlMinBytes = 70
	// maxDirectory bounds the part of the file searched for directory entries.
	maxDirectory = 4 << 20
)

var (
	localMark   = []byte("PK\x03\x04")
	centralMark = []byte("PK\x01\x02")
)

// decisive names settle the type at once, likely ones make it worth reading the
// central directory. All are prefixes of member names.
var decisive = []struct {
	prefix string
	typ    cltype.Type
}{
	{"xl/", cltype.OOXMLXL},
	{"ppt/", cltype.OOXMLPPT},
	{"word/", cltype.OOXMLWord},
	{"Contents/content.hpf", cltype.OOXMLHWP},
}

var likely = []string{
	"BinData", "mimetype", "Contents", "docProps/", "customXml/", "version.xml", "settings.xml",
	"_.rels/.rels", "[ContentTypes].xml", "[Content_Types].xml", "Preview/PrvText.txt", "META-INF/container.xml",
}

// OOXML refines ZIP to one of the Office types by member names.
func OOXML(in input.View) cltype.Type {
	if in.Size() <= ooxmlMinBytes {
		return cltype.ZIP
	}
	pos, maybe := int64(0), false
	for header, windows := 0, 0; header < ooxmlHeaders && windows < ooxmlWindows; windows++ {
		w, err := in.Window(pos, ooxmlWindow)
		if err != nil || len(w) <= localName {
			break
		}
		i := bytes.Index(w, localMark)
		if i < 0 {
			pos += int64(len(w) - len(localMark) + 1)
			continue
		}
		name, err := in.Window(pos+int64(i)+localName, 64)
		if err != nil {
			break
		}
		if t, ok := decided(name); ok {
			return t
		}
		maybe = maybe || hasLikely(name)
		header++
		pos += int64(i) + localName
	}
	if maybe {
		return central(in)
	}
	return cltype.ZIP
}

func decided(name []byte) (cltype.Type, bool) {
	for _, d := range decisive {
		if bytes.HasPrefix(name, []byte(d.prefix)) {
			return d.typ, true
		}
	}
	return 0, false
}

func hasLikely(name []byte) bool {
	for _, l := range likely {
		if bytes.HasPrefix(name, []byte(l)) {
			return true
		}
	}
	return false
}

// central searches the end of the file for directory entries.
func central(in input.View) cltype.Type {
	from := max(in.Size()-maxDirectory, 0)
	b, err := in.Window(from, maxDirectory)
	if err != nil {
		return cltype.ZIP
	}
	for {
		i := bytes.Index(b, centralMark)
		if i < 0 || i+centralName > len(b) {
			return cltype.ZIP
		}
		if t, ok := decided(b[i+centralName:]); ok {
			return t
		}
		b = b[i+len(centralMark):]
	}
}
