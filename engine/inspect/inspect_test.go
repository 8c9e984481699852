package inspect

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFindTellsWherePatternsBegin(t *testing.T) {
	t.Parallel()
	text := []byte("abcABCDxxABCEyyABABABcd\nHello World\n")
	tests := []struct {
		name, pattern string
		want          []int
	}{
		{"a string, wherever it is", "4142", []int{3, 9, 15, 17, 19}},
		{"a wildcard nibble at the end", "41424?", []int{3, 9, 15, 17}},
		{"alternatives before the string count as part of it", "(41|42)4142", []int{16, 18}},
		{"a negated alternative takes a byte", "!(43)4142", []int{2, 8, 14, 16, 18}},
		{"a chain begins with its first part", "4142{4}4142", []int{3, 9}},
		{"a chain counts once for each end", "4142*4142", []int{3, 3, 3, 3}},
		{"nothing", "7a7a", nil},
		{"a line marker", "(L)48656c6c6f", []int{24}},
		{"the first match of an expression", "0/AB/", []int{3}},
		{"all matches of a global one", "0/AB/g", []int{3, 9, 15, 17, 19}},
		{"case folded", "0/hello/i", []int{24}},
		{"a slash behind a backslash belongs to the expression", `0/o\/?/`, []int{28}},
		{"byte comparisons hold", "0(>>0#hb2#=23)", []int{0}},
		{"image hashes do not", "fuzzy_img#af2ad01ed42993c7#0", nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := CompilePattern(tc.pattern)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Find(t.Context(), text)
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("Find(%s) = %v, %v, want %v", tc.pattern, got, err, tc.want)
			}
		})
	}
}

func TestCompilePatternRefusesWithTheLibrarysWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, want string
		engine        bool
	}{
		{"41", "cli_ac_addsig: Signature for test is too short", false},
		{"41??42", "cli_ac_addsig: Can't find a static subpattern of length 2", false},
		{"${6-7}0$", "Macro subsignatures are only valid inside logical signatures", false},
		{"/abc/", "PCRE subsig must contain logical trigger", false},
		{"0/(/", "cli_pcre_compile: PCRE2 compilation failed at offset 1: missing closing parenthesis", true},
		{"", "cli_ac_addsig: Signature for test is too short", false},
		{"4142;4344", "", false},
		{"4142\n4344", "", false},
	}
	for _, tc := range tests {
		_, err := CompilePattern(tc.pattern)
		var pe *PatternError
		if !errors.As(err, &pe) || pe.Engine != tc.engine {
			t.Errorf("CompilePattern(%q): %v, want a PatternError with Engine %v", tc.pattern, err, tc.engine)
			continue
		}
		if tc.want != "" && (len(pe.Lines) == 0 || pe.Lines[0] != tc.want) {
			t.Errorf("CompilePattern(%q) says %q, want first %q", tc.pattern, pe.Lines, tc.want)
		}
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	t.Parallel()
	p, err := CompilePattern("0/(a+)+b/")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Find(ctx, bytes.Repeat([]byte("a"), 1<<20)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestSubsignaturesIsTheHighestIDPlusOne(t *testing.T) {
	t.Parallel()
	if n, err := Subsignatures("(0&3)>1|2=0"); n != 4 || err != nil {
		t.Errorf("got %d, %v, want 4", n, err)
	}
	_, err := Subsignatures("0&&1")
	var pe *PatternError
	if !errors.As(err, &pe) || len(pe.Lines) != 2 {
		t.Errorf("error %v, want a PatternError of two lines", err)
	}
}

func TestCompiledImagesTellWhatIsInThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.ndb", "A:0:*:deadbeef00112233\nB:1:*:aabbccddeeff\n")
	write(t, dir, "b.hdb", "44d88612fea8a8f36de82e1278abb02f:68:Test.Hash\n")
	write(t, dir, "notes.txt", "no database\n")
	img := filepath.Join(t.TempDir(), "x.img")
	var out bytes.Buffer
	n, err := Compile(t.Context(), &out, []string{dir}, CompileOptions{})
	if err != nil || n != 3 {
		t.Fatalf("Compile = %d, %v, want 3 signatures", n, err)
	}
	if err := os.WriteFile(img, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Image(img)
	if err != nil {
		t.Fatal(err)
	}
	if r.Signatures != 3 || r.Size != int64(out.Len()) || len(r.Sources) != 2 {
		t.Errorf("report %+v, want 3 signatures of 2 sources in %d bytes", r, out.Len())
	}
	if len(r.Targets) != 2 || r.Targets[1].Body != 1 || r.Targets[1].Table.Literals != 1 {
		t.Errorf("targets %+v, want one body signature with one literal in target 1", r.Targets)
	}
	if !slices.ContainsFunc(r.Hashes, func(h HashCount) bool { return h.Use == "file" && h.Kind == "MD5" && h.Size > 0 }) {
		t.Errorf("hashes %+v, want file MD5 with a size", r.Hashes)
	}
	for i := 1; i < 16; i++ {
		write(t, filepath.Dir(img), "cut.img", out.String()[:out.Len()*i/16])
		if _, err := Image(filepath.Join(filepath.Dir(img), "cut.img")); err == nil {
			t.Errorf("an image cut after %d/16 is accepted", i)
		}
	}
}

func TestCompileNamesTheDatabaseThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "bad.ndb", "A:0\n")
	_, err := Compile(t.Context(), &bytes.Buffer{}, []string{dir}, CompileOptions{})
	if err == nil || !strings.Contains(err.Error(), "bad.ndb:1") {
		t.Errorf("error %v, want one that names bad.ndb and line 1", err)
	}
}

func TestObjectsThatAreNone(t *testing.T) {
	t.Parallel()
	r := strings.NewReader("MZ, but no more")
	if _, err := SectionHashes(r, r.Size()); !errors.Is(err, ErrNotPE) {
		t.Errorf("SectionHashes: %v, want ErrNotPE", err)
	}
	if _, _, err := ImportHash(r, r.Size()); !errors.Is(err, ErrNotPE) {
		t.Errorf("ImportHash: %v, want ErrNotPE", err)
	}
	if _, err := ImageHash([]byte("GIF89a")); !errors.Is(err, ErrNotImage) {
		t.Errorf("ImageHash: %v, want ErrNotImage", err)
	}
}

func TestImageHashOfAOnePixelPicture(t *testing.T) {
	t.Parallel()
	gif, err := base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
	if err != nil {
		t.Fatal(err)
	}
	if h, err := ImageHash(gif); err != nil || len(h) != 16 {
		t.Errorf("got %q, %v, want 16 hexadecimal digits", h, err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzCompilePattern(f *testing.F) {
	for _, s := range []string{"4142{3-}43*44", "0/a(b|c)*d/gi", "(41|4243)44!(45)", "${1-2}0$", "0(>>1#hb2#=3)", "fuzzy_img#00#0", "4?(B)"} {
		f.Add(s, []byte("ABCDABCD"))
	}
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		if len(text) > 1<<10 || len(data) > 1<<12 {
			t.Skip()
		}
		p, err := CompilePattern(text)
		if err != nil {
			return
		}
		at, err := p.Find(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range at {
			if a < 0 || a > len(data) {
				t.Fatalf("match at %d of %d bytes", a, len(data))
			}
		}
	})
}

func TestDamagedSignaturesHaveNoCertificates(t *testing.T) {
	t.Parallel()
	for _, der := range [][]byte{nil, {0x30}, {0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, bytes.Repeat([]byte{0x30, 0x80}, 1000)} {
		if c := signedCertificates(der); len(c) != 0 {
			t.Errorf("%d certificates in %.8x", len(c), der)
		}
	}
}

func FuzzSignedCertificates(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x01})
	f.Fuzz(func(_ *testing.T, der []byte) { signedCertificates(der) })
}
