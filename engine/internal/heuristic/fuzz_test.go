package heuristic

import (
	"strings"
	"testing"
)

// seeds are one sound object of each kind.
func seeds() []string {
	return []string{
		soi + jfif + exif + scan, soi + spiff + scan, gifOf(gifOneImage + ";"), "\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND\xae\x42\x60\x82",
		tiffOf(40, [4]uint32{256, 3, 1, 8}, [4]uint32{257, 2, 6, 20}) + strings.Repeat("\x00", 50),
		riffOf("RIFF", "ACON"+riffOf("LIST", "INFO"+riffOf("anih", strings.Repeat("\x00", 36)))),
		"cards 4111-1111-1111-1111 and 123-45-6789 and 123456789", strings.Repeat("\xff\x00", 40),
	}
}

// judgeAll runs every check and verifies that alerts are what they may be.
func judgeAll(t *testing.T, b []byte) {
	t.Helper()
	for _, name := range []string{JPEG(b, nil), GIF(b, nil), PNG(b, nil), TIFF(b, nil), RIFF(b, nil), Mydoom(b)} {
		if name != "" && !strings.HasPrefix(name, "Heuristics.") {
			t.Errorf("alert %q", name)
		}
	}
	out := Text(b, Structured{Cards: 1, SSNs: 1, Normal: true, Stripped: true}, nil)
	if len(out) > 2 {
		t.Errorf("alerts %q", out)
	}
}

func TestDamagedObjectsAreJudgedWithoutPanic(t *testing.T) {
	t.Parallel()
	for _, s := range seeds() {
		for i := range len(s) + 1 {
			judgeAll(t, []byte(s[:i]))
		}
		for i := range len(s) * 8 {
			b := []byte(s)
			b[i/8] ^= 1 << (i % 8)
			judgeAll(t, b)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { judgeAll(t, b) })
}
