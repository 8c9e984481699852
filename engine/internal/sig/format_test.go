package sig

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/cltype"
)

// recorder is a Sink that keeps a line per record.
type recorder struct {
	lines   []string
	logical []Logical
	hashes  []Hash
	certs   []Cert
	refuse  error
}

func (r *recorder) add(format string, args ...any) error {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
	return r.refuse
}

func (r *recorder) Body(b *Body) error {
	return r.add("body %s target %d offset %d early %v plain %v", b.Name, b.Target, b.Offset.Kind, b.Early, b.Pattern.Plain)
}

func (r *recorder) Logical(l *Logical) error {
	r.logical = append(r.logical, *l)
	return r.add("logical %s subs %d bytecode %d", l.Name, len(l.Subs), l.Bytecode)
}

func (r *recorder) Hash(h *Hash) error {
	r.hashes = append(r.hashes, *h)
	return r.add("hash %s use %d size %d digest %x", h.Name, h.Use, h.Size, h.Digest[:h.Kind.Size()])
}

func (r *recorder) Container(c *Container) error {
	return r.add("container %s %v size %v name %q %v packed %v real %v enc %d pos %v crc %x %v",
		c.Name, c.Type, c.Size, c.NameRegex, c.HasName, c.Packed, c.Real, c.Encrypted, c.Position, c.CRC32, c.HasCRC)
}

func (r *recorder) Icon(i *Icon) error { return r.add("icon %s %s %s", i.Name, i.Group1, i.Group2) }

func (r *recorder) Magic(m *Magic) error {
	return r.add("magic kind %d at %d bytes %x %s %v %v", m.Kind, m.At, m.Bytes, m.Name, m.Required, m.Type)
}

func (r *recorder) Feature(f *Feature) error { return r.add("feature %s %x", f.Key, f.Bits) }

func (r *recorder) Password(p *Password) error {
	return r.add("password %s %v %q", p.Name, p.Container, p.Password)
}

func (r *recorder) Cert(c *Cert) error {
	r.certs = append(r.certs, *c)
	return r.add("cert %s %v", c.Name, c.Trusted)
}

func (r *recorder) Phish(p *Phish) error { return r.add("phish %c %s", p.List, p.Line) }

func (r *recorder) Bytecode(b *Bytecode) error {
	return r.add("bytecode %s kind %d trigger %v", b.Name, b.Kind, b.Trigger)
}

func (r *recorder) YARA(y *YARA) error { return r.add("yara %s %v", y.File, y.Rules) }

func (r *recorder) Suppress(s *Suppress) error { return r.add("suppress %s", s.Name) }

const (
	md5Text  = "c82795e3dee1e27eb8ecd5589f310fb1"
	sha1Text = "4038e70b35a6da774de237351b9ad112e60dc343"
)

func TestRecordsOfEachFormat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{
			"a plain hash has the name with suffix", "a.hdb", md5Text + ":34:H.a\n",
			[]string{"hash H.a.UNOFFICIAL use 0 size 34 digest " + md5Text},
		},
		{
			"section hashes have the size first", "a.msb", "512:" + sha1Text + ":M\n",
			[]string{"hash M.UNOFFICIAL use 1 size 512 digest " + sha1Text},
		},
		{
			"an import hash of any size needs no level", "a.imp", md5Text + ":*:I\n",
			[]string{fmt.Sprintf("hash I.UNOFFICIAL use 2 size %d digest %s", AnySize, md5Text)},
		},
		{
			"allow lists", "a.sfp", md5Text + ":34:F (Clam)x\n",
			[]string{"hash F.UNOFFICIAL use 3 size 34 digest " + md5Text},
		},
		{"old body signatures match anywhere", "a.db", "A=61626364\n", []string{"body A.UNOFFICIAL target 0 offset 0 early false plain true"}},
		{"an empty target is 0", "a.ndb", "A::5:61??626364\n", []string{"body A.UNOFFICIAL target 0 offset 1 early false plain false"}},
		{"sdb signatures come early", "a.sdb", "A:1:*:61626364\n", []string{"body A.UNOFFICIAL target 1 offset 0 early true plain false"}},
		{
			"container metadata with ranges", "a.cdb", "C:CL_TYPE_ZIP:1-0:a.*:5:0-9:1:2:*:*\n",
			[]string{fmt.Sprintf(`container C.UNOFFICIAL CL_TYPE_ZIP size {true 1 %d} name "a.*" true packed {true 5 5} real {true 0 9} enc 1 pos {true 2 2} crc 0 false`, uint32(math.MaxUint32))},
		},
		{
			"a range of two zeros is no condition", "a.cdb", "C:*:0-0:*:0:*:*:*:*:*\n",
			[]string{`container C.UNOFFICIAL CL_TYPE_ANY size {false 0 4294967295} name "" false packed {true 0 0} real {false 0 0} enc -1 pos {false 0 0} crc 0 false`},
		},
		{
			"old zip metadata", "a.zmd", "C:0:a:200:*:7ecb6ba6:*:3:*\n",
			[]string{`container C.UNOFFICIAL CL_TYPE_ZIP size {false 0 0} name "a" true packed {false 0 0} real {true 200 200} enc 0 pos {true 3 3} crc 7ecb6ba6 true`},
		},
		{
			"file types, fixed and pattern", "a.ftm", "0:4:504b:z:CL_TYPE_ANY:CL_TYPE_ZIP\n1:*:504b0304:z:CL_TYPE_PDF:CL_TYPE_ZIPSFX:1:255\n",
			[]string{"magic kind 0 at 4 bytes 504b z CL_TYPE_ANY CL_TYPE_ZIP", "magic kind 1 at 0 bytes  z CL_TYPE_PDF CL_TYPE_ZIPSFX"},
		},
		{
			"switches; unknown keys and other levels do nothing", "a.cfg", "PE:0x1F\nFOO:zz\nELF:0x1:300\nMAIL:0x3:1:255\n",
			[]string{"feature PE 1f", "feature MAIL 3"},
		},
		{
			"passwords, clear up to a semicolon and hexadecimal", "a.pwdb", "P;Engine:81-255;0;a;b\nQ;Engine:81-255,Container:CL_TYPE_RAR;1;6162\n",
			[]string{`password P CL_TYPE_ANY "a"`, `password Q CL_TYPE_RAR "ab"`},
		},
		{"URL lists keep the line without its levels", "a.pdb", "\nH:bank.com:17-\nH:old.com:1-100\n", []string{"phish p H:bank.com"}},
		{"an ignore entry is handed over unless it names a line", "a.ign2", "X\nY:" + md5Text + "\na:b:Z\n", []string{"suppress X", "suppress Z"}},
		{
			"rules of a file that are accepted", "a.yar", "rule a { strings: $s = \"xy\" condition: $s } rule b { strings: $s = \"x\" condition: $s }",
			[]string{"yara a.yar [a]"},
		},
		{
			"OpenIOC hashes are named after file and hash", "a.ioc", `<ioc><Indicator><IndicatorItem><Content type="md5"> ` + md5Text + ` </Content></IndicatorItem></Indicator></ioc>`,
			[]string{fmt.Sprintf("hash a.ioc.%s.UNOFFICIAL use 0 size %d digest %s", md5Text, AnySize, md5Text)},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var r recorder
			if _, err := NewLoader(Options{}, &r).Load(tt.file, strings.NewReader(tt.text), Source{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, r.lines); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALogicalSignatureIsReadInFull(t *testing.T) {
	t.Parallel()
	var r recorder
	line := "L;Engine:51-255,Target:1,FileSize:10-20,Container:CL_TYPE_ZIP,Intermediates:CL_TYPE_ZIP>CL_TYPE_RAR,IconGroup1:I;" +
		`0&1&2&3&4;EP+0,5:61626364::iwa;${6-7}3$;0,4:0/a;\/b/ig;0(>>4#hle2#>0x10,<5);fuzzy_img#af2ad01ed42993c7`
	if _, err := NewLoader(Options{}, &r).Load("a.ldb", strings.NewReader(line+"\r\n"), Source{Official: true}); err != nil {
		t.Fatal(err)
	}
	l := r.logical[0]
	want := TDB{
		Target: cltype.TargetPE, FileSize: Range{true, 10, 20}, Container: cltype.ZIP, HasContainer: true,
		Intermediates: []cltype.Type{cltype.ZIP, cltype.RAR}, IconGroup1: "I",
	}
	if diff := cmp.Diff(want, l.TDB); diff != "" {
		t.Error(diff)
	}
	if l.Name != "L" || l.Line != line || l.Bytecode != -1 || l.Expr.MaxID() != 4 {
		t.Errorf("name %q, line %q, bytecode %d, last id %d", l.Name, l.Line, l.Bytecode, l.Expr.MaxID())
	}
	kinds := []SubKind{SubPattern, SubMacro, SubPCRE, SubByteCompare, SubFuzzyImage}
	for i, k := range kinds {
		if l.Subs[i].Kind != k {
			t.Errorf("subsignature %d is of kind %d, want %d", i, l.Subs[i].Kind, k)
		}
	}
	if n := len(l.Subs[0].Patterns); n != 2 {
		t.Errorf("wide and ascii make %d patterns, want 2", n)
	}
	if m := l.Subs[1].Macro; m != (Macro{Min: 6, Max: 7, Group: 3}) {
		t.Errorf("macro %+v", m)
	}
	if p := l.Subs[2].PCRE; p.Regex != `a;\/b` || p.Flags != "ig" || p.Trigger.MaxID() != 0 || l.Subs[2].Offset.Shift != 4 {
		t.Errorf("pcre %+v at %+v", p, l.Subs[2].Offset)
	}
	compare := ByteCompare{
		Offset: 4, Format: 'h', Little: true, HasEndian: true, Exact: true, Length: 2,
		Comparisons: []Comparison{{'>', 16}, {'<', 5}},
	}
	if diff := cmp.Diff(compare, l.Subs[3].Compare); diff != "" {
		t.Error(diff)
	}
}

func TestALineErrorTellsWhereAndWhatClamAVSays(t *testing.T) {
	t.Parallel()
	var said []string
	l := NewLoader(Options{Message: func(_ slog.Level, text string) { said = append(said, text) }}, &recorder{})
	n, err := l.Load("t.hdb", strings.NewReader("#\n"+md5Text+":34:A\n"+md5Text+":x:A\n"), Source{Path: "/db/t.hdb"})
	var le *LineError
	if !errors.As(err, &le) || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	want := &LineError{Path: "/db/t.hdb", Line: 3, Text: "Malformed database", Chain: []string{
		"cli_loadhash: Invalid value for the size field",
		"cli_loadhash: Problem parsing database at line 3",
		"Can't load /db/t.hdb: Malformed database",
	}}
	if diff := cmp.Diff(want, le); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Chain, said); diff != "" {
		t.Error(diff)
	}
}

func TestASinkEndsTheLoadWithItsOwnError(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	l := NewLoader(Options{}, &recorder{refuse: full})
	if _, err := l.Load("t.hdb", strings.NewReader(md5Text+":34:A\n"), Source{}); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

func TestIgnoreListsHideLaterSignatures(t *testing.T) {
	t.Parallel()
	line := md5Text + ":34:A.B"
	tests := []struct {
		name, ignore, text string
		want               int
	}{
		{"by name", "A.B\n", line, 0},
		{"by the MD5 of the line", "A.B:2ce2e2b7a2f9d5a2e4b2d8b9b7d5d4b1\n", line, 1},
		{"not by a part of the name", "A\n", line, 1},
		{"without the braces of a name", "A.B\n", line + ".{x}", 0},
		{"short names are padded", "A\n", md5Text + ":34:A ", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := NewLoader(Options{}, &recorder{})
			if _, err := l.Load("a.ign2", strings.NewReader(tt.ignore), Source{}); err != nil {
				t.Fatal(err)
			}
			got, err := l.Load("t.hdb", strings.NewReader(tt.text), Source{})
			if err != nil || got != tt.want {
				t.Errorf("%d signatures, %v; want %d", got, err, tt.want)
			}
		})
	}
}

func TestSwitchedOffKindsAreNotEvenParsed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file string
		o    Options
	}{
		{"a.hdu", Options{}},
		{"a.LDU", Options{}},
		{"a.pdb", Options{NoPhishURLs: true}},
		{"a.crb", Options{NoCerts: true}},
		{"a.cbc", Options{Bytecode: BytecodeOff}},
		{"a.cbc", Options{}},
		{"a.xyz", Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			if n, err := NewLoader(tt.o, &recorder{}).Load(tt.file, strings.NewReader("garbage\n"), Source{}); n != 0 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		})
	}
}

func TestBuiltinMagicCompilesAndEndsLikeTheTable(t *testing.T) {
	t.Parallel()
	var r recorder
	if err := BuiltinMagic(&r); err != nil {
		t.Fatal(err)
	}
	if len(r.lines) < 250 || !slices.Contains(r.lines, "magic kind 4 at 1024 bytes 482b0004 PART_HFSPLUS CL_TYPE_ANY CL_TYPE_PART_HFSPLUS") {
		t.Errorf("%d definitions", len(r.lines))
	}
}
