package hwp_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/hwp"
)

var unpack = format.Func(hwp.Unpack)

const (
	content = "an embedded object of a document, nothing else"
	ole     = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"
)

func deflated(s string) string {
	var w bytes.Buffer
	z, _ := flate.NewWriter(&w, 9)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return w.String()
}

// document writes a document whose body is as given.
func document(packed bool, block, body string) []byte {
	b := append([]byte("HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05"), make([]byte, 128+1008)...)
	if packed {
		b[30+124], body = 1, deflated(body)
	}
	binary.LittleEndian.PutUint16(b[30+126:], uint16(len(block)))
	return append(append(b, block...), body...)
}

func block(id uint32, data string) string {
	b := binary.LittleEndian.AppendUint32(nil, id)
	return string(binary.LittleEndian.AppendUint32(b, uint32(len(data)))) + data
}

const paragraphs = "fonts, styles and paragraphs \x00\x00\x00\x00\x00\x00\x00\x00\x00"

func TestObjects(t *testing.T) {
	t.Parallel()
	header := strings.Repeat("\x00", 32)
	for _, c := range []struct {
		name string
		in   []byte
		want []string
	}{
		{"a compound file", document(true, "", paragraphs+block(2, content)+block(0, "")), []string{content}},
		{"a picture", document(true, "", paragraphs+block(1, header+content)+block(0, "")), []string{content}},
		{"two", document(true, "", paragraphs+block(2, "first")+block(1, header+content)+block(0, "")), []string{content, "first"}},
		{"behind an information block", document(true, "skipped", paragraphs+block(2, content)+block(0, "")), []string{content}},
		{"not packed", document(false, "", paragraphs+block(2, content)+block(0, "")), []string{content}},
		{"no end of the list", document(true, "", paragraphs+block(2, ole+content)), []string{ole + content}},
		{"a false block hides nothing", document(true, "", paragraphs+block(3, "x")[:8]+block(2, content)+block(0, "")), []string{content}},
	} {
		r := formattest.Run(unpack, c.in)
		var got []string
		for _, ch := range r.Children {
			if ch.Name == "object" {
				got = append(got, string(ch.Data))
			}
		}
		for _, w := range c.want {
			if !strings.Contains(strings.Join(got, "\n")+"\n", w+"\n") {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
		if r.Err != nil {
			t.Errorf("%s: %v", c.name, r.Err)
		}
	}
}

func TestTheBodyIsHandedOver(t *testing.T) {
	t.Parallel()
	whole := document(true, "", paragraphs+strings.Repeat("words and more words 123. ", 100))
	for _, b := range [][]byte{whole, whole[:len(whole)-4]} {
		r := formattest.Run(unpack, b)
		if c, ok := r.Find("body"); !ok || !strings.HasPrefix(string(c.Data), paragraphs+"words") {
			t.Errorf("%d children, facts %v", len(r.Children), r.Facts)
		}
	}
}

func TestACompoundFileBehindItsSize(t *testing.T) {
	t.Parallel()
	r := formattest.Run(hwp.UnpackOLE, []byte("\x00\x00\x00\x00"+ole))
	if len(r.Children) != 1 || string(r.Children[0].Data) != ole {
		t.Errorf("children %+v", r.Children)
	}
	if r := formattest.Run(hwp.UnpackOLE, []byte("\x00\x00")); len(r.Children) != 0 {
		t.Errorf("children %+v", r.Children)
	}
}

func TestManyBlocksAreBounded(t *testing.T) {
	t.Parallel()
	// Each of these blocks begins in the one before it.
	r := formattest.Run(unpack, document(true, "", strings.Repeat("\x01\x00\x00\x00\x00\x00\x00\x00", 100000)+block(0, "")))
	if len(r.Children) > 2000 {
		t.Errorf("%d children", len(r.Children))
	}
	bomb := document(true, "", strings.Repeat("\x00", 24<<20))
	formattest.Growth(t, 512<<20, func() { formattest.Run(unpack, bomb) })
}

func samples() [][]byte {
	return [][]byte{
		document(true, "skipped", paragraphs+block(2, ole+content)+block(1, content)+block(0, "")),
		document(false, "", paragraphs+ole),
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for _, b := range samples() {
		formattest.Damage(t, unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, samples()...) }
