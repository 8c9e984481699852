package mime_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/mime"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// recorder writes down what it is handed: "name [TYPE]: content", with a star
// before names that metadata signatures do not see. Header blocks are left out.
type recorder struct {
	children []string
	facts    []format.Fact
	heads    []string
	bytes    int
}

func (r *recorder) Fact(f format.Fact, _ int64) { r.facts = append(r.facts, f) }

func (r *recorder) Child(m format.Meta, rd io.Reader) error {
	data, err := io.ReadAll(rd)
	if err != nil {
		return err
	}
	if m.Size >= 0 && m.Size != int64(len(data)) {
		return fmt.Errorf("size %d announced, %d read", m.Size, len(data))
	}
	r.bytes += len(data)
	if m.Name == "headers" {
		r.heads = append(r.heads, string(data))
		return nil
	}
	star, typ := "", ""
	if m.NoMeta {
		star = "*"
	}
	if m.Type != "" {
		typ = " [" + m.Type + "]"
	}
	r.children = append(r.children, star+m.Name+typ+": "+string(data))
	return nil
}

func record(t *testing.T, mail string) *recorder {
	t.Helper()
	r := &recorder{}
	if err := mime.Unpack(context.Background(), input.Bytes([]byte(mail)), limit.New(limit.Limits{}, nil), r); err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	head  = "From: a@example.com\nSubject: test\n"
	mixed = head + "Content-Type: multipart/mixed; boundary=\"B\"\n\n"
)

// helloB64 is "hello world\n" in base64.
const helloB64 = "aGVsbG8gd29ybGQK\n"

func attach(b64 string) string {
	return "Content-Type: application/zip; name=\"a.zip\"\nContent-Transfer-Encoding: base64\n\n" + b64
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		mail string
		want []string
	}{
		{"a plain message is its text", head + "\nhello\nworld\n", []string{"*textpart: hello\nworld\n"}},
		{"leading blank lines of the text are left out", head + "\n\n \nhello\n", []string{"*textpart: hello\n"}},
		{"a file without any header is all text", "\nhello\n", []string{"*textpart: hello\n"}},
		{"a single base64 body is decoded", head + attach(helloB64), []string{"a.zip: hello world\n"}},
		{
			"preamble, parts and epilogue are children in order",
			mixed + "pre\n--B\nContent-Type: text/plain\n\nhi\n--B\n" + attach(helloB64) + "--B--\npost\n",
			[]string{"*textpart: pre", "attachment: hi", "a.zip: hello world\n", "*textpart: post\n"},
		},
		{
			"CR LF line ends become LF in text and stay in the exact copy of an attachment",
			strings.ReplaceAll(mixed+"--B\nContent-Type: application/x; name=a.bin\n\n!\n?\n--B--\n", "\n", "\r\n"),
			[]string{"a.bin: !\n?", "*a.bin: !\r\n?"},
		},
		{"a message with CR line ends is read", strings.ReplaceAll(head+attach(helloB64), "\n", "\r"), []string{"a.zip: hello world\n"}},
		{"a missing end boundary ends the part at the end of the file", mixed + "--B\n" + attach(helloB64), []string{"a.zip: hello world\n"}},
		{"parts after the end boundary are read", mixed + "--B--\n\n--B\n" + attach(helloB64), []string{"a.zip: hello world\n"}},
		{"a part without header is all body", mixed + "--B\nhello there\n--B--\n", []string{"attachment: hello there"}},
		{"a part with an empty header is text", mixed + "--B\n\nhello\n--B--\n", []string{"attachment: hello"}},
		{"text behind a boundary does not hide a part that begins with a MIME header", mixed + "--B\n\nx\n--B trailing\n" + attach(helloB64), []string{"attachment: x", "a.zip: hello world\n"}},
		{"text behind a boundary is text otherwise", mixed + "--B\n\nx\n--B trailing\nhello\n", []string{"attachment: x\n--B trailing\nhello\n"}},
		{"an undeclared boundary is guessed from the MIME header behind it", head + "Content-Type: multipart/mixed; boundary=other\n\n--x\n" + attach(helloB64) + "--x--\n", []string{"a.zip: hello world\n"}},
		{"a multipart without boundary is guessed likewise", head + "Content-Type: multipart/mixed\n\n--x\n" + attach(helloB64) + "--x\n\ny\n--x--\n", []string{"a.zip: hello world\n", "attachment: y"}},
		{"of two boundary parameters either works", head + "Content-Type: multipart/mixed; boundary=A; boundary=B\n\n--B\n" + attach(helloB64) + "--B--\n", []string{"a.zip: hello world\n"}},
		{"boundaries of dashes are told from their ends", head + "Content-Type: multipart/mixed; boundary=\"--=_x--y\"\n\n----=_x--y\n" + attach(helloB64) + "----=_x--y--\npost\n", []string{"a.zip: hello world\n", "*textpart: post\n"}},
		{"a boundary that begins like another is not it", head + "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: multipart/mixed; boundary=B2\n\n--B2\n\none\n--B2--\n--B\n\ntwo\n--B--\n", []string{"attachment: one", "attachment: two"}},
		{"an outer boundary closes the inner multiparts", mixed + "--B\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\none\n--B\n\ntwo\n--B--\n", []string{"attachment: one", "attachment: two"}},
		{"the case of a boundary does not matter after two dashes", mixed + "--b\n" + attach(helloB64) + "--b--\n", []string{"a.zip: hello world\n"}},
		{"a multipart under base64 is handed on decoded", head + "Content-Type: multipart/mixed; boundary=B\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("--B\n\nhi\n--B--\n")), []string{
			"*textpart: " + base64.StdEncoding.EncodeToString([]byte("--B\n\nhi\n--B--\n")),
			"attachment: --B\n\nhi\n--B--\n",
			"*textportion [MAIL]: Content-Type: multipart/mixed; boundary=\"B\"\n\n--B\n\nhi\n--B--\n",
		}},
		{"comments in headers do not count", head + "Content-Type: (x) application/(y)zip; (z) name=\"a(1).zip\"\nContent-Transfer-Encoding: base64 (really)\n\n" + helloB64, []string{"a_1_.zip: hello world\n"}},
		{"folded headers are joined", head + "Content-Type: application/zip;\n\tname=a.zip\nContent-Transfer-Encoding:\n base64\n\n" + helloB64, []string{"a.zip: hello world\n"}},
		{"a parameter line that is not indented belongs to the header that ends in a semicolon", mixed + "--B\nContent-Type: application/zip;\nname=a.zip\nContent-Transfer-Encoding: base64\n\n" + helloB64 + "--B--\n", []string{"a.zip: hello world\n"}},
		{"an unclosed quote does not swallow the next MIME header", head + "Content-Type: application/zip; name=\"a.zip\nContent-Transfer-Encoding: base64\n\n" + helloB64, []string{"a.zip: hello world\n"}},
		{"a mistyped encoding is the most similar one", head + "Content-Type: application/zip\nContent-Transfer-Encoding: bass64\n\n" + helloB64, []string{"attachment: hello world\n"}},
		{"an unknown encoding is tried as base64 and as quoted-printable", head + "Content-Type: application/zip\nContent-Transfer-Encoding: \"base64\"\n\n" + helloB64, []string{"attachment: hello world\n", "attachment: " + helloB64}},
		{"all encodings that are named are tried", head + "Content-Type: application/zip\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\n" + helloB64, []string{"attachment: hello world\n", "attachment: " + helloB64}},
		{"quoted-printable text has LF line ends", head + "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n=3Cp=3E so=\nft\n", []string{"textportion: <p> soft\n"}},
		{"base64 with data behind the padding has two readings", head + "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\nQQ==\nQUJD\n", []string{"attachment: AABC", "*attachment: A"}},
		{"a named part without encoding is tried as base64 too", mixed + "--B\nContent-Type: application/zip; name=a.zip\n\n" + helloB64 + "--B--\n", []string{"a.zip: hello world\n", "a.zip: " + strings.TrimSpace(helloB64)}},
		{"an application part that begins with the word base64 is taken for it", mixed + "--B\nContent-Type: application/zip\n\nBase64\n" + helloB64 + "--B--\n", []string{"attachment: hello world\n"}},
		{"uuencoded files in the text are found", head + "\nhi\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n", []string{"*textpart: hi\n`\nend\nbye\n", "*cat.txt: Cat"}},
		{"uuencoded files in the preamble are found", mixed + "begin 644 cat.txt\n#0V%T\n`\nend\n--B--\n", []string{"*textpart: `\nend", "*cat.txt: Cat"}},
		{"uuencoded files in encoded text are found", head + "Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("begin 644 c\n#0V%T\nend\n")), []string{"textportion: begin 644 c\n#0V%T\nend\n", "*c: Cat"}},
		{"yEnc in plain text is found", head + "\n=ybegin line=128 size=3 name=c\n\x6d\x8b\x9e\n=yend size=3\n", []string{"*textpart: =ybegin line=128 size=3 name=c\n\x6d\x8b\x9e\n=yend size=3\n", "*c: Cat"}},
		{"BinHex in plain text is found", head + "\nhi\n(This file must be converted with BinHex 4.0)\n\n:abc\ndef:\nbye\n", []string{"*textpart: hi\n(This file must be converted with BinHex 4.0)\n\n:abc\ndef:\nbye\n", "* [BINHEX]: (This file must be converted with BinHex 4.0)\n\n:abc\ndef:\n"}},
		{"a nested message is a mail whatever it begins with", mixed + "--B\nContent-Type: message/rfc822\n\nX-Odd: 1\n\nhi\n--B--\n", []string{"*textportion [MAIL]: X-Odd: 1\n\nhi"}},
		{"something else under the name of a message keeps its own type", mixed + "--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nUEsDBA==\n--B--\n", []string{"textportion: PK\x03\x04"}},
		{"an encoded message is a mail", mixed + "--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nWC1PZGQ6IDEKCmhpCg==\n--B--\n", []string{"textportion [MAIL]: X-Odd: 1\n\nhi\n"}},
		{"the first piece of a split message is scanned", head + "Content-Type: message/partial; id=x; number=1; total=2\n\nX-Odd: 1\n\nhi\n", []string{"*textportion [MAIL]: X-Odd: 1\n\nhi\n"}},
		{"a bounced message in the text is found", head + "\nsorry\n\nFrom: x@example.com\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n", []string{
			"*textpart: sorry\n\n",
			"bounce [MAIL]: Received: by clamd (bounce)\nFrom: x@example.com\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n",
		}},
		{"a quoted plain message is no bounce", head + "\nFrom: x@example.com\nContent-Type: text/plain\n\nhi\n", []string{"*textpart: From: x@example.com\nContent-Type: text/plain\n\nhi\n"}},
		{"messages of a mailbox are separated", "From a Mon Jan  1 00:00:00 2020\n" + head + "\none\n\nFrom b Mon Jan  1 00:00:00 2020\n" + head + attach(helloB64), []string{"*textpart: one\n\n", "a.zip: hello world\n"}},
		{"a line From in a mailbox without a header behind it is text", "From a Mon Jan  1 00:00:00 2020\n" + head + "\none\n\nFrom here on\nit is text\n", []string{"*textpart: one\n\nFrom here on\nit is text\n"}},
		{"a header may begin behind other lines", "Hi. This is a bounce.\n\n--- Below\n\n" + head + attach(helloB64), []string{"*textpart: Hi. This is a bounce.\n\n--- Below\n\n", "a.zip: hello world\n"}},
		{"a body behind a header without useful lines is text", "To: x\nSubject: y\n\nhello\n", []string{"*textpart: hello\n"}},
		{"lines that are no header lines are looked at as text", mixed + "--B\nContent-Type: text/plain\nnot a header\nX-A: b\n\nhi\n--B--\n", []string{"*textpart: not a header\n", "attachment: hi"}},
		{"a repeated Content-Type replaces the one before", head + "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nhi\n--B--\n", []string{"attachment: hi"}},
		{"a file that is all text has only what is embedded in it", "Hi. This is the qmail-send program\nbegin 644 c\n#0V%T\nend\n", []string{"*c: Cat"}},
		{"URL-safe base64 has two readings, for most mail readers drop its two characters", head + "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n-QUJD\n", []string{"attachment: \xf9\x05\t", "*attachment: ABC"}},
		{"an encoded part whose boundary was lost is found by its header", mixed + "--B\n\nhi\n\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + helloB64 + "--B--\n", []string{"attachment: hi\n\n", "bounce [MAIL]: Received: by clamd (bounce)\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + strings.TrimSpace(helloB64)}},
		{"a yEnc header without data does not hide MIME headers", head + "\n=ybegin line=1 name=x\nContent-Transfer-Encoding: base64\n\n" + helloB64, []string{"*textpart: =ybegin line=1 name=x\n", "bounce [MAIL]: Received: by clamd (bounce)\nContent-Transfer-Encoding: base64\n\n" + helloB64}},
		{"a boundary inside a header may have been meant as part of it", mixed + "--B\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n--B\n\n" + helloB64 + "--B--\n", []string{
			"attachment: " + strings.TrimSpace(helloB64),
			"*textpart [MAIL]: Received: by clamd (bounce)\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n--B\n\n" + strings.TrimSpace(helloB64),
		}},
		{"MIME headers behind the blank line are no data", head + "Content-Type: application/zip\nContent-Transfer-Encoding: quoted-printable\n\nContent-Disposition: attachment\n\nhello\n", []string{"attachment: Content-Disposition: attachment\n\nhello\n", "*attachment: hello\n"}},
		{"a yEnc header without data does not hide a uuencoded file", head + "\n=ybegin line=1 name=x\nbegin 644 c\n#0V%T\nend\n", []string{"*textpart: =ybegin line=1 name=x\nend\n", "*c: Cat"}},
		{"NUL bytes in headers do not count", head + "Content-Type: appl\x00ication/zip\nContent-Transfer-\x00Encoding: base64\n\n" + helloB64, []string{"attachment: hello world\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, record(t, tt.mail).children); diff != "" {
				t.Errorf("children (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, params, want string }{
		{"an RFC 2047 word is decoded and its eighth bits dropped", `filename="=?utf-8?Q?f=C3=BC_x?= =?utf-8?B?YWJj?=.exe"`, "fC__x_abc.exe"},
		{"an RFC 2231 value is decoded", `filename*=utf-8''pay%6Coad.txt`, "payload.txt"},
		{"RFC 2231 pieces are joined in order", `filename*1="load.txt"; filename*0="pay"`, "payload.txt"},
		{"RFC 2231 pieces may be encoded one by one", `filename*0*=us-ascii''a%2E; filename*1=scr`, "a.scr"},
		{"characters outside the set are replaced", `filename="../../x/a-b c.exe"`, ".._.._x_a_b_c.exe"},
		{"a quoted backslash is one character", `filename="a\\b\"c"`, "a_b_c"},
		{"an unquoted name may hold blanks", `filename=pay load.txt`, "pay_load.txt"},
		{"a semicolon in quotes belongs to the name", `filename="a;b"`, "a_b"},
		{"no name is the default", ``, "attachment"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, head+"Content-Type: application/x\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; "+tt.params+"\n\nQUJD\n")
			if diff := cmp.Diff([]string{tt.want + ": ABC"}, r.children); diff != "" {
				t.Errorf("children (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeaderBlocksComeLast(t *testing.T) {
	t.Parallel()
	r := record(t, "From a Mon Jan  1 00:00:00 2020\n"+head+"\none\n\nFrom b\nTo: x\nFrom: y\n\ntwo\n")
	want := []string{"From a Mon Jan  1 00:00:00 2020\n" + head, "From b\nTo: x\nFrom: y\n"}
	if diff := cmp.Diff(want, r.heads); diff != "" {
		t.Errorf("header blocks (-want +got):\n%s", diff)
	}
}

func TestHeaderLimits(t *testing.T) {
	t.Parallel()
	repeat := func(s string, n int) string { return strings.Repeat(s, n) }
	numbered := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ";\n name=x%d", i)
		}
		return b.String()
	}
	part := mixed + "--B\n"
	tests := []struct {
		name string
		mail string
		want limit.Kind
	}{
		{"1024 MIME headers are allowed", head + repeat("Content-Type: text/plain\n", 1024) + "\nhi\n", limit.None},
		{"1025 MIME headers are not", head + repeat("Content-Type: text/plain\n", 1025) + "\nhi\n", limit.EmailHeaders},
		{"a part may have more", part + repeat("Content-Type: text/plain\n", 1025) + "\nhi\n", limit.None},
		{"262143 continuation lines are allowed", head + repeat(" x\n", 262143) + "\nhi\n", limit.None},
		{"262144 continuation lines are not", head + repeat(" x\n", 262144) + "\nhi\n", limit.EmailLineFoldCnt},
		{"a part may have no more", part + "X-A: b\n" + repeat(" x\n", 262144) + "\nhi\n", limit.EmailLineFoldCnt},
		{"too many bytes of MIME headers", head + repeat("Content-Type: text/plain; name="+repeat("x", 300)+"\n", 1000) + "\nhi\n", limit.EmailHeaderBytes},
		{"other headers may be as long as they like", head + repeat("X-A: "+repeat("x", 300)+"\n", 1000) + "\nhi\n", limit.None},
		{"255 parameters are allowed", head + "Content-Type: text/plain" + numbered(255) + "\n\nhi\n", limit.None},
		{"256 parameters are not", head + "Content-Type: text/plain" + numbered(256) + "\n\nhi\n", limit.EmailMIMEArguments},
		{"equal parameters count once", head + "Content-Type: text/plain" + repeat("; name=x", 300) + "\n\nhi\n", limit.None},
		{"1023 parts of multipart/related are allowed", strings.Replace(mixed, "mixed", "related", 1) + repeat("--B\n\nx\n", 1023) + "--B--\n", limit.None},
		{"1024 parts of multipart/related are not", strings.Replace(mixed, "mixed", "related", 1) + repeat("--B\n\nx\n", 1024), limit.EmailMIMEPartsPerMessage},
		{"multipart/mixed may have more", mixed + repeat("--B\n\nx\n", 1100), limit.None},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := limit.None
			b := limit.New(limit.Limits{}, func(k limit.Kind) { got = k })
			if err := mime.Unpack(context.Background(), input.Bytes([]byte(tt.mail)), b, &counter{}); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("limit %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPartialMessageIsReported(t *testing.T) {
	t.Parallel()
	r := record(t, head+"Content-Type: message/partial; id=x; number=2; total=2\n\nrest\n")
	if diff := cmp.Diff([]format.Fact{format.PartialMessage}, r.facts); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// stopper wants no more children after some.
type stopper struct{ left int }

func (s *stopper) Fact(format.Fact, int64) {}

func (s *stopper) Child(format.Meta, io.Reader) error {
	if s.left--; s.left < 0 {
		return limit.ErrStop
	}
	return nil
}

func TestUnpackEndsWhenTheSinkWantsNoMore(t *testing.T) {
	t.Parallel()
	for n := range 12 {
		err := mime.Unpack(context.Background(), input.Bytes([]byte(sample())), limit.New(limit.Limits{}, nil), &stopper{n})
		if !errors.Is(err, limit.ErrStop) {
			t.Fatalf("after %d children: error %v, want ErrStop", n, err)
		}
	}
}

func TestUnpackEndsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := mime.Unpack(ctx, input.Bytes([]byte(sample())), limit.New(limit.Limits{}, nil), &counter{})
	if !errors.Is(err, limit.ErrStop) {
		t.Fatalf("error %v, want ErrStop", err)
	}
}

// sample is a mail with something of everything.
func sample() string {
	binhex := "(This file must be converted with BinHex 4.0)\n\n:#@9TBf:\n"
	return "From a@example.com Mon Jan  1 00:00:00 2020\n" + mixed + "pre\nbegin 644 cat\n#0V%T\n`\nend\n--B\nContent-Type: text/plain\n\nhi\n" + binhex +
		"--B\n" + attach(helloB64) +
		"--B\nContent-Type: multipart/related; boundary=\"C\"\n\n--C\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n=3Cp=3E so=\nft\n--C--\n" +
		"--B\nContent-Type: message/rfc822\n\nX-Odd: 1\n\nhi\n" +
		"--B\nContent-Type: application/x; name*0=a; name*1=.b\n\nraw\r\nbytes\n" +
		"--B\nContent-Type: application/x\nContent-Transfer-Encoding: x-yencode\n\n=ybegin line=128 size=3 name=c\n\x6d\x8b\x9e\n=yend size=3\n" +
		"--B--\npost\n\nFrom: x@example.com\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\nx\n" +
		"\nFrom b@example.com Mon Jan  1 00:00:00 2020\n" + head + "Content-Type: multipart/mixed\n\n--x\nContent-Disposition: attachment; filename=\"=?a?q?b?=\"\n\n8bit\n"
}

// checkBounds unpacks data and fails if more comes out than the parser promises.
func checkBounds(t *testing.T, data []byte) {
	t.Helper()
	got := unpack(t, data)
	if most := int64(16*len(data) + 64<<10); got.bytes > most {
		t.Fatalf("%d bytes came out of %d", got.bytes, len(data))
	}
}

func TestEveryPieceOfACutMailIsHandled(t *testing.T) {
	t.Parallel()
	s := []byte(sample())
	whole := len(record(t, string(s)).children)
	for i := range len(s) + 1 {
		checkBounds(t, s[:i])
		if i%(len(s)/16) == 0 && len(record(t, string(s[:i])).children) > whole+2 {
			t.Errorf("a mail cut at %d has more children than the whole", i)
		}
	}
}

func TestChangedBitsDoNoHarm(t *testing.T) {
	t.Parallel()
	s := []byte(sample())
	for i := range s {
		for _, bit := range []byte{1, 0x10, 0x80} {
			s[i] ^= bit
			checkBounds(t, s)
			s[i] ^= bit
		}
	}
}

// readerAt hides that the bytes are in memory.
type readerAt struct{ io.ReaderAt }

func TestFilesAndMemoryGiveTheSame(t *testing.T) {
	t.Parallel()
	s := mixed + strings.Repeat(strings.TrimPrefix(sample(), mixed), 300)
	want := record(t, s)
	got := &recorder{}
	v := input.ReaderAt(readerAt{strings.NewReader(s)}, int64(len(s)))
	if err := mime.Unpack(context.Background(), v, limit.New(limit.Limits{}, nil), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.children, got.children); diff != "" {
		t.Errorf("children (-memory +file):\n%s", diff)
	}
}

func TestLargeAttachmentsAreStreamedWithTheirSize(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789abcdef"), 600_000)
	r := record(t, head+attach(base64.StdEncoding.EncodeToString(data)))
	if len(r.children) != 1 || r.children[0] != "a.zip: "+string(data) {
		t.Error("the attachment did not come through")
	}
}

func TestManyPartsAndDeepNestingAreAllSeen(t *testing.T) {
	t.Parallel()
	if got := unpack(t, manyParts(30000)).children; got != 30001 {
		t.Errorf("%d children of 30000 parts and a header", got)
	}
	if got := unpack(t, nestedMultiparts(3000)).children; got != 2 {
		t.Errorf("%d children of a text 3000 multiparts deep and a header", got)
	}
}
