package mime_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/mime"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// counter counts what it is handed.
type counter struct {
	children int
	bytes    int64
}

func (c *counter) Fact(format.Fact, int64) {}

func (c *counter) Child(_ format.Meta, r io.Reader) error {
	n, err := io.Copy(io.Discard, r)
	c.children++
	c.bytes += n
	return err
}

func unpack(tb testing.TB, data []byte) counter {
	tb.Helper()
	var c counter
	if err := mime.Unpack(context.Background(), input.Bytes(data), limit.New(limit.Limits{}, nil), &c); err != nil {
		tb.Fatal(err)
	}
	return c
}

const mailHead = "From: a@example.com\nSubject: test\n"

// nestedMultiparts returns a mail of n multiparts inside each other.
func nestedMultiparts(n int) []byte {
	var b bytes.Buffer
	b.WriteString(mailHead)
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\n\nhello\n")
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	return b.Bytes()
}

// manyParts returns a mail of n tiny parts.
func manyParts(n int) []byte {
	return []byte(mailHead + "Content-Type: multipart/mixed; boundary=B\n\n" + strings.Repeat("--B\n\nx\n", n) + "--B--\n")
}

// bigAttachment returns a mail with one base64 attachment of n bytes.
func bigAttachment(n int) []byte {
	line := strings.Repeat("QUJD", 19) + "\n"
	return []byte(mailHead + "Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(line, n/57))
}

func BenchmarkMail(b *testing.B) {
	for _, c := range []struct {
		name     string
		data     []byte
		children int
	}{
		{"3000 nested multiparts", nestedMultiparts(3000), 2},
		{"30000 parts", manyParts(30000), 30001},
		{"base64 attachment", bigAttachment(3 << 20), 2},
		{"large base64 attachment", bigAttachment(30 << 20), 2},
		{"text body", []byte(mailHead + "\n" + strings.Repeat("the quick brown fox jumps over the lazy dog: again\n", 60000)), 2},
		{"boundary-like lines under 1500 boundaries", append(nestedMultiparts(1500)[:60000], strings.Repeat("--x--y--z--\n", 20000)...), 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			for b.Loop() {
				if got := unpack(b, c.data); c.children > 0 && got.children != c.children {
					b.Fatalf("%d children, want %d", got.children, c.children)
				}
			}
		})
	}
}
