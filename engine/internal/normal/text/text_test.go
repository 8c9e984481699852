package text

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// The expected forms were observed with sigtool 1.4.6 --ascii-normalise.
func TestNormalize(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"letters become lower case", "Hello", "hello"},
		{"a run of white space becomes a blank", "a \t\r\n\v\f b\n\nc  ", "a b c "},
		{"control characters vanish", "a\x00b\x08c\x0ed\x1be", "abcde"},
		{"a run goes on over bytes that vanish", "a \x01\x80 b", "a b"},
		{"bytes over 127 vanish, DEL stays", "\x80a\xffb\x7f", "ab\x7f"},
		{"UTF-16 becomes ASCII", "H\x00i\x00!\x00", "hi!"},
		{"nothing stays nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(Normalize([]byte(tt.in))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPiecesAreJoined(t *testing.T) {
	t.Parallel()
	var n Normalizer
	got := n.Append(n.Append(nil, []byte("A \n")), []byte(" B"))
	if string(got) != "a b" {
		t.Errorf("got %q", got)
	}
}

func stream(t testing.TB, in string, overlap int) string {
	t.Helper()
	out, err := Stream(context.Background(), input.Bytes([]byte(in)), limit.New(limit.Limits{}, nil), overlap)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestFullBuffersBreakWhiteSpace(t *testing.T) {
	t.Parallel()
	full := strings.Repeat("a", BufferSize-1) + "  b"
	if got := stream(t, full, 0); !strings.HasSuffix(got, "a  b") {
		t.Errorf("the run over the edge of the buffer gives %q", got[len(got)-4:])
	}
	if got := stream(t, "x"+full, 0); !strings.HasSuffix(got, "a b") {
		t.Errorf("the run within a buffer gives %q", got[len(got)-4:])
	}
	if got := stream(t, strings.Repeat(" ", 3*BufferSize), 100); got != " " {
		t.Errorf("white space alone gives %d bytes", len(got))
	}
}

// TestEqualsClamAV compares with the file that an installed clamscan makes. It
// repeats the tail of each buffer, so only files of one buffer are compared.
func TestEqualsClamAV(t *testing.T) {
	if testing.Short() {
		t.Skip("runs sigtool")
	}
	sigtool, err := exec.LookPath("sigtool")
	if err != nil {
		t.Skip("sigtool is not installed")
	}
	files, _ := filepath.Glob("/usr/share/doc/*/copyright")
	files = files[:min(len(files), 40)]
	equal := 0
	for _, f := range files {
		in, err := os.ReadFile(f)
		if err != nil || len(in) == 0 || len(in) > BufferSize {
			continue
		}
		dir := t.TempDir()
		cmd := exec.Command(sigtool, "--ascii-normalise="+f)
		cmd.Dir = dir
		_ = cmd.Run()
		want, err := os.ReadFile(filepath.Join(dir, "normalised_text"))
		if err != nil {
			continue
		}
		if got := Normalize(in); !bytes.Equal(got, want) {
			t.Errorf("%s differs", f)
			continue
		}
		equal++
	}
	t.Logf("%d files equal", equal)
}

func FuzzNormalize(f *testing.F) {
	f.Add([]byte("Hello,\r\n \x00World\x80"))
	f.Fuzz(func(t *testing.T, b []byte) {
		out := Normalize(b)
		if len(out) > len(b) {
			t.Errorf("%d bytes from %d", len(out), len(b))
		}
		if again := Normalize(out); !bytes.Equal(out, again) {
			t.Errorf("not stable: %q, then %q", out, again)
		}
	})
}
