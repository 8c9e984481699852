package ole2_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/ole2"
)

var unpack = format.Func(ole2.Unpack)

var (
	big    = []byte(strings.Repeat("a large stream. ", 400))
	little = []byte("a small stream in the mini stream, longer than one of its sectors is.")
)

// want fails unless a child of that name holds data.
func want(t *testing.T, r formattest.Result, name string, data []byte) {
	t.Helper()
	for _, c := range r.Children {
		if c.Name == name && bytes.Equal(c.Data, data) {
			return
		}
	}
	t.Errorf("no child %q with %d bytes; facts %v", name, len(data), r.Facts)
	for _, c := range r.Children {
		t.Logf("  %q: %d bytes, type %q", c.Name, len(c.Data), c.Type)
	}
}

func TestStreamsOfAllStorages(t *testing.T) {
	t.Parallel()
	b := build(
		item{name: "Data", data: big},
		item{name: "Storage", items: []item{{name: "Inner", items: []item{{name: "Small", data: little}}}, {name: "Other", data: big[:5000]}}},
	)
	r := formattest.Run(unpack, b)
	want(t, r, "Data", big)
	want(t, r, "Storage/Inner/Small", little)
	want(t, r, "Storage/Other", big[:5000])
	if len(r.Children) != 3 || len(r.Facts) != 0 || r.Err != nil {
		t.Errorf("%d children, facts %v, error %v", len(r.Children), r.Facts, r.Err)
	}
}

// patch sets an integer of a file.
func patch(b []byte, at int, v uint32) []byte {
	b = bytes.Clone(b)
	le.PutUint32(b[at:], v)
	return b
}

func TestDamageCostsNoMoreThanItHits(t *testing.T) {
	t.Parallel()
	whole := build(item{name: "Data", data: big}, item{name: "Small", data: little})
	fat := sector + int(le.Uint32(whole[76:]))*sector
	dir := sector + int(le.Uint32(whole[48:]))*sector
	for _, c := range []struct {
		name         string
		b            []byte
		data, little bool
	}{
		{"sound", whole, true, true},
		{"the allocation table is cut off", whole[:fat], true, true},
		{"the allocation table lies elsewhere", patch(whole, 76, 0xfffff0), true, true},
		{"the directory lies elsewhere", patch(whole, 48, 0xfffff0), true, true},
		{"no entry is linked", patch(whole, dir+76, free), true, true},
		{"the entry refers to itself", patch(whole, dir+128+72, 1), true, true},
		{"the mini table lies elsewhere", patch(whole, 60, 0xfffff0), true, true},
		{"the mini stream has no size", patch(whole, dir+120, 0), true, true},
		{"another border between small and large", patch(whole, 56, 0), true, true},
		{"half of a large stream", patch(whole, fat+4*6, endMark), false, true},
	} {
		r := formattest.Run(unpack, c.b)
		found := map[string]bool{}
		for _, ch := range r.Children {
			found[ch.Name] = found[ch.Name] || bytes.Equal(ch.Data, big) || bytes.Equal(ch.Data, little)
		}
		if found["Data"] != c.data || found["Small"] != c.little {
			t.Errorf("%s: large stream %v, small stream %v, facts %v", c.name, found["Data"], found["Small"], r.Facts)
		}
		if r.Err != nil {
			t.Errorf("%s: %v", c.name, r.Err)
		}
	}
}

func TestChainsInPieces(t *testing.T) {
	t.Parallel()
	b := build(item{name: "Data", data: big})
	fat := sector + int(le.Uint32(b[76:]))*sector
	// Sectors 2 and 3 of the stream change places.
	two, three := b[sector+2*sector:][:sector], b[sector+3*sector:][:sector]
	moved := bytes.Clone(three)
	copy(three, two)
	copy(two, moved)
	b = patch(patch(patch(b, fat+4, 3), fat+4*3, 2), fat+4*2, 4)
	want(t, formattest.Run(unpack, b), "Data", big)
}

func TestLoopsEnd(t *testing.T) {
	t.Parallel()
	b := build(item{name: "Data", data: big})
	fat := sector + int(le.Uint32(b[76:]))*sector
	dir := sector + int(le.Uint32(b[48:]))*sector
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"a stream", patch(patch(b, fat+4*2, 0), dir+128+120, 1<<30)},
		{"the directory", patch(b, fat+4*int(le.Uint32(b[48:])), le.Uint32(b[48:]))},
		{"the list of tables", patch(b, 68, 3)},
	} {
		r := formattest.Run(unpack, c.b)
		total := 0
		for _, ch := range r.Children {
			total += len(ch.Data)
		}
		if total > 4*len(c.b) {
			t.Errorf("%s: %d bytes of a file of %d", c.name, total, len(c.b))
		}
	}
}

func TestManyStreamsOfOneChainAreBounded(t *testing.T) {
	t.Parallel()
	var items []item
	for range 3000 {
		items = append(items, item{name: "Workbook", data: []byte("x")})
	}
	large := record(0x85, []byte("\x00\x00\x00\x00\x00\x01"))
	large = append(large, bytes.Repeat(record(0x27e, nil), 100000)...)
	b := build(append(items, item{name: "Workbook", data: large})...)
	dir := sector + int(le.Uint32(b[48:]))*sector
	last := dir + 128*3001
	for i := range 3000 {
		copy(b[dir+128*(i+1)+116:][:8], b[last+116:][:8])
		b[dir+128*(i+1)+120] -= byte(i) // so that they are not the same
	}
	formattest.Growth(t, 1<<30, func() { formattest.Run(unpack, b) })
}

func TestProjects(t *testing.T) {
	t.Parallel()
	macros := item{name: "Macros", items: []item{{name: "VBA", items: project()}}}
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"sound", build(macros)},
		{"no dir stream", build(item{name: "VBA", items: project()[2:]})},
		{"the module lies in another storage", build(item{name: "VBA", items: project()[:2]}, project()[2])},
		{"no directory", patch(build(macros)[:2*sector+2048], 48, 0xfffff0)},
	} {
		r := formattest.Run(unpack, c.b)
		if !r.Has(format.MacroVBA) {
			t.Errorf("%s: no macros reported; facts %v", c.name, r.Facts)
		}
		raw, text := 0, 0
		for _, ch := range r.Children {
			if ch.Type != "MSOLE2" {
				continue
			}
			if string(ch.Data) == source {
				raw++
			}
			if strings.HasSuffix(string(ch.Data), "attribute vb_name = \"Module1\"\r\nsub autoopen()\r\nx = \"ABC\"\r\n") {
				text++
			}
		}
		if raw != 1 || text != 1 {
			t.Errorf("%s: module found %d times as stored, %d times as text", c.name, raw, text)
		}
	}
	if formattest.Run(unpack, build(item{name: "Data", data: big})).Has(format.MacroVBA) {
		t.Error("macros reported where there are none")
	}
}

func TestMacroSheetsAndPictures(t *testing.T) {
	t.Parallel()
	formula := append(make([]byte, 20), "\x08\x00\x17\x02\x00hi\x41\x6e\x00"...)
	picture := "\x89PNG\r\n\x1a\n picture"
	blip := append([]byte("\x00\x6e\x1e\xf0"), le.AppendUint32(nil, uint32(17+len(picture)))...)
	blip = append(append(blip, make([]byte, 17)...), picture...)
	store := append([]byte("\x02\x00\x07\xf0"), le.AppendUint32(nil, uint32(36+len(blip)))...)
	store = append(append(store, make([]byte, 36)...), blip...)
	group := append([]byte("\x0f\x00\x00\xf0"), le.AppendUint32(nil, uint32(len(store)))...)
	book := bytes.Join([][]byte{
		record(0x809, make([]byte, 16)), record(0x85, []byte("\x00\x00\x00\x00\x00\x01\x01\x00a")), record(0xeb, append(group, store...)),
		record(0x6, formula), record(0xa, nil),
	}, nil)
	r := formattest.Run(unpack, build(item{name: "Workbook", data: book}))
	if !r.Has(format.MacroXLM) {
		t.Errorf("no macro sheet; facts %v", r.Facts)
	}
	want(t, r, "picture", []byte(picture))
	want(t, r, "xlm_formulas", []byte("R1C1 \"hi\" EXEC\n"))
	if c, ok := r.Find("xlm_macros"); !ok || !strings.Contains(string(c.Data), "ptgFuncV EXEC (0x006e)") || c.Type != "MSOLE2" {
		t.Errorf("listing %q", c.Data)
	}
	book[4+16+4+5] = 0 // an ordinary sheet
	if formattest.Run(unpack, build(item{name: "Workbook", data: book})).Has(format.MacroXLM) {
		t.Error("macro sheet reported where there is none")
	}
}

func TestMacrosOfWord6(t *testing.T) {
	t.Parallel()
	const text = "MAIN of a macro in tokens"
	stream := make([]byte, 0x500)
	for i := range text {
		stream[0x400+i] = text[i] ^ 0x5a
	}
	le.PutUint32(stream[0x118:], uint32(len(stream)))
	commands := append([]byte("\xff\x05\x01\x00"), make([]byte, 12)...)
	commands = append(commands, "\x01\x01\x00\x55\x5a"...)
	commands = append(append(commands, make([]byte, 10)...), le.AppendUint32(nil, uint32(len(text)))...)
	commands = append(append(commands, make([]byte, 4)...), le.AppendUint32(nil, 0x400)...)
	le.PutUint32(stream[0x11c:], uint32(len(commands)))
	r := formattest.Run(unpack, build(item{name: "WordDocument", data: append(stream, commands...)}))
	want(t, r, "wordbasic", []byte(text))
	if !r.Has(format.MacroVBA) {
		t.Errorf("no macros reported; facts %v", r.Facts)
	}
}

func zipped(b []byte) []byte {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func deflated(b []byte) []byte {
	var w bytes.Buffer
	z, _ := flate.NewWriter(&w, 9)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func TestObjectsInStreams(t *testing.T) {
	t.Parallel()
	sized := func(b []byte) []byte { return append(le.AppendUint32(nil, uint32(len(b))), b...) }
	packageOf := func(b []byte) []byte {
		p := []byte("\x02\x00payload.txt\x00C:\\payload.txt\x00\x00\x00\x03\x00\x04\x00\x00\x00C:\\\x00")
		return sized(append(p, sized(b)...))
	}
	ppt := append([]byte("\x0f\x00\xe8\x03"), sized(append([]byte("\x10\x00\x11\x10"), sized(sized(zipped(little)))...))...)
	hwpHeader := append([]byte("HWP Document File"), make([]byte, 239)...)
	hwpHeader[36] = 1
	for _, c := range []struct {
		name  string
		b     []byte
		child string
		data  []byte
	}{
		{"a package", build(item{name: "\x01Ole10Native", data: packageOf(little)}), "payload.txt", little},
		{"plain data", build(item{name: "\x01Ole10Native", data: sized(little)}), "", little},
		{"a package cut off", build(item{name: "\x01Ole10Native", data: packageOf(little)[:len(packageOf(little))-20]}), "payload.txt", little[:len(little)-20]},
		{"ActiveMime", build(item{name: "MSO", data: sized(zipped(little))}), "MSO", little},
		{"a PowerPoint storage", build(item{name: "PowerPoint Document", data: ppt}), "storage", little},
		{"a Hangul stream", build(item{name: "FileHeader", data: hwpHeader}, item{name: "BinData", items: []item{{name: "BIN0001.txt", data: deflated(little)}}}), "BinData/BIN0001.txt", little},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := formattest.Run(unpack, c.b)
			want(t, r, c.child, c.data)
		})
	}
}

func TestOtherFilesGiveNothing(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{nil, []byte("attribute vb_name"), make([]byte, 1024), append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1000)...)} {
		if r := formattest.Run(unpack, b); len(r.Children) != 0 || r.Err != nil {
			t.Errorf("%d bytes: %d children, error %v", len(b), len(r.Children), r.Err)
		}
	}
}

func TestBombsAreBounded(t *testing.T) {
	t.Parallel()
	dir := append([]byte{1}, bytes.Repeat([]byte{3, 0xb0, 2, 'a', 0xff, 0x0f}, 100000)...)
	b := build(item{name: "dir", data: dir}, item{name: "MSO", data: append(make([]byte, 4), zipped(make([]byte, 64<<20))...)})
	formattest.Growth(t, 512<<20, func() { formattest.Run(unpack, b) })
}

// samples are files for damage and fuzzing.
func samples() [][]byte {
	return [][]byte{
		build(item{name: "Macros", items: []item{{name: "VBA", items: project()}}}, item{name: "Data", data: big}),
		build(item{name: "Workbook", data: record(0x85, []byte("\x00\x00\x00\x00\x00\x01"))}, item{name: "\x01Ole10Native", data: little}),
		build(item{name: "EncryptionInfo", data: make([]byte, 200)}, item{name: "EncryptedPackage", data: little}, item{name: "PowerPoint Document", data: little}),
		patch(build(item{name: "Data", data: big}), 48, 0xfffff0),
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for _, b := range samples() {
		formattest.Damage(t, unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, samples()...) }
