package screnc_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	"gclam/engine/internal/codec/screnc"
)

// frame puts encoded text into a block that announces n characters.
func frame(text string, n uint32) string {
	length := base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint32(nil, n))
	return "#@~^" + length + text + "AAAAAA==" + "^#~@"
}

// invert finds the encoded form of text by asking the decoder for every character.
func invert(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	for i := range len(text) {
		switch text[i] {
		case '\n':
			out.WriteString("@&")
			continue
		case '\r':
			out.WriteString("@#")
			continue
		case '>':
			out.WriteString("@*")
			continue
		case '<':
			out.WriteString("@!")
			continue
		case '@':
			out.WriteString("@$")
			continue
		}
		found := false
		for c := byte(9); c < 0x80 && !found; c++ {
			if c == '@' || c == '\n' || c == '\r' {
				continue
			}
			got := screnc.Append(nil, []byte(frame(strings.Repeat("A", i)+string(c), uint32(i+1))))
			if found = len(got) == i+1 && got[i] == text[i]; found {
				out.WriteByte(c)
			}
		}
		if !found {
			t.Fatalf("nothing decodes to %q at %d", text[i], i)
		}
	}
	return out.String()
}

func TestAppend(t *testing.T) {
	t.Parallel()
	const script = "var a = \"x\";\r\nif (a < 1 && b > 2) { c@d.e('\\t'); } // and so on, beyond sixty-four characters\n"
	enc := invert(t, script)
	n := uint32(len(script))
	tests := []struct{ name, in, want string }{
		{"a block decodes", frame(enc, n), script},
		{"text around blocks is copied", "<script>" + frame(enc, n) + "</script>", "<script>" + script + "</script>"},
		{"every block decodes", frame(enc, n) + "\n" + frame(enc, n), script + "\n" + script},
		{"the end is found when the length is too great", frame(enc, 1<<31) + "tail", script + "tail"},
		{"or cannot be read", "#@~^!!!!!!!!" + frame(enc, n)[12:], script},
		{"a block cut off decodes as far as it goes", frame(enc, n)[:12+5], script[:5]},
		{"double-byte characters are copied", frame("\x81\x82", 2), "\x81\x82"},
		{"no block, no change", "hello", "hello"},
		{"a lone beginning yields nothing", "#@~^AB", ""},
		{"nothing yields nothing", "", ""},
		// As clamscan 1.4.6 decodes it.
		{"the tables are those of the encoder", frame(strings.Repeat("A", 20), 20), "wEBwEBEBBEBEwBEBwBEB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(screnc.Append(nil, []byte(tt.in))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestManyBeginningsTakeLinearTime(t *testing.T) {
	t.Parallel()
	// Quadratic time would be minutes here.
	got := screnc.Append(nil, bytes.Repeat([]byte("#@~^AAAAAA=="), 400_000))
	if len(got) != 0 {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzAppend(f *testing.F) {
	f.Add([]byte(frame("AAAA@&@", 6)))
	f.Add([]byte("#@~^#@~^AAAAAA==^#~@"))
	f.Add(bytes.Repeat([]byte("#@~^AAAAAA=="), 20))
	f.Fuzz(func(t *testing.T, in []byte) {
		if got := screnc.Append(nil, in); len(got) > len(in) {
			t.Fatalf("%d bytes out of %d", len(got), len(in))
		}
	})
}
