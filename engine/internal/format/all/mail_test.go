package all_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/all"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// eicar is the test string, put together here so that no file holds it.
func eicar() string {
	return "X5O!P%@AP[4" + `\` + "PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
}

const marker = "spec-marker-7f3a91c2-harmless"

// payload is what nearly every file of the container table holds.
func payload() string {
	return "harmless test payload, line one\r\n" + marker + "\r\n" + eicar() + "\r\n" +
		strings.Repeat("the quick brown fox jumps over the lazy dog. ", 24) + "\r\n"
}

func sum(s string) string {
	h := md5.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}

// scanner is a small stand-in for the walk: types by magic, no signatures but the
// test strings.
type scanner struct {
	ctx    context.Context
	b      *limit.Budget
	table  map[cltype.Type]format.Unpacker
	depth  int
	trace  func(depth int, m format.Meta, data []byte)
	eicar  bool // EICAR at the start of an object, or an object that is EICAR
	marker bool
	hash   bool
}

const maxDepth = 16

func (s *scanner) Fact(format.Fact, int64) {}

func (s *scanner) Child(m format.Meta, r io.Reader) error {
	if r == nil {
		return nil
	}
	data, _ := io.ReadAll(io.LimitReader(r, 16<<20))
	s.scan(m, data)
	return nil
}

func (s *scanner) scan(m format.Meta, data []byte) {
	if s.depth > maxDepth {
		return
	}
	if s.trace != nil {
		s.trace(s.depth, m, data)
	}
	s.eicar = s.eicar || bytes.HasPrefix(data, []byte(eicar())) || sum(string(data)) == sum(eicar())
	s.marker = s.marker || bytes.Contains(data, []byte(marker))
	s.hash = s.hash || sum(string(data)) == sum(payload())
	u := s.table[typeOf(m, data)]
	if u == nil {
		return
	}
	s.depth++
	_ = u.Unpack(s.ctx, input.Bytes(data), s.b, s)
	s.depth--
}

var (
	mailStart = regexp.MustCompile(`^(>?From |From: |Received: |Return-Path: |To: |Subject: |Date: |Message-I[Dd]: |X-Apparently-To: |For: |Hi\. This is the qmail-send|Delivered-To: )`)
	mhtml     = regexp.MustCompile(`(?is)(^|\n)mime-version: .{0,1000}\ncontent-type: `)
)

func typeOf(m format.Meta, data []byte) cltype.Type {
	switch {
	case m.Type == "MAIL":
		return cltype.Mail
	case m.Type == "BINHEX":
		return cltype.BinHex
	case m.Type != "":
		return cltype.TextASCII
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return cltype.ZIP
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return cltype.GZ
	case len(data) > 262 && string(data[257:262]) == "ustar":
		return cltype.POSIXTar
	case bytes.HasPrefix(data, []byte("\x78\x9f\x3e\x22")):
		return cltype.TNEF
	case bytes.HasPrefix(data, []byte("begin ")):
		return cltype.UUEncoded
	case bytes.HasPrefix(data, []byte("\xb6\xb9\xac\xae\xfe\xff\xff\xff")):
		return cltype.CryptFF
	case bytes.HasPrefix(data, []byte("(This file must be converted with BinHex 4.0)")):
		return cltype.BinHex
	case mailStart.Match(data), mhtml.Match(data):
		return cltype.Mail
	}
	return cltype.BinaryData
}

func newScanner() *scanner {
	return &scanner{ctx: context.Background(), b: limit.New(limit.Limits{Files: 10000, ScanSize: 400 << 20}, nil), table: all.Unpackers()}
}

// shared returns a path below the shared folder beside the repository.
func shared(t *testing.T, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "..", "..", "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("test data not here: %v", err)
	}
	return path
}

func TestMailsOfTheMailChain(t *testing.T) {
	t.Parallel()
	dir := shared(t, "spec", "cases", "mail")
	table, err := os.Open(filepath.Join(dir, "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	passed, total := 0, 0
	for sc := bufio.NewScanner(table); sc.Scan(); {
		f := strings.Split(sc.Text(), "\t")
		if strings.HasPrefix(f[0], "#") || len(f) < 2 {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		s := newScanner()
		// The chain hands over messages: the type is known to the caller.
		s.scan(format.Meta{Name: f[0], Type: "MAIL"}, data)
		total++
		if want := f[1] == "found"; s.eicar != want {
			t.Errorf("%s: found %v, want %v", f[0], s.eicar, want)
			continue
		}
		passed++
	}
	t.Logf("%d of %d", passed, total)
}

func TestMailFilesOfTheContainerTable(t *testing.T) {
	t.Parallel()
	maker := shared(t, "spec", "cases", "make-containers")
	dir := t.TempDir()
	if out, err := exec.Command("python3", maker, dir).CombinedOutput(); err != nil {
		t.Skipf("cannot make the files: %v: %s", err, out)
	}
	table, err := os.Open(shared(t, "spec", "cases", "containers.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	ours := regexp.MustCompile(`^(mail|mhtml|mbox|nest-rfc822|tnef|uu|binhex|cryptff|(cut|flip)-(eml|hqx|tnef))`)
	// Found only by parsers that are not of this table: PDF, UTF-16 text.
	elsewhere := map[string]bool{"mail-inline-pdf.eml": true, "mail-utf16.eml": true}
	passed, total, more := 0, 0, 0
	sc := bufio.NewScanner(table)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row struct {
			File, Marker, Hash string
			Opts               []string
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if !ours.MatchString(row.File) || len(row.Opts) > 0 || elsewhere[row.File] {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			t.Fatal(err)
		}
		s := newScanner()
		s.scan(format.Meta{Name: row.File}, data)
		for _, c := range []struct {
			what string
			want bool
			got  bool
		}{{"marker", row.Marker == "Spec.Marker", s.marker}, {"hash", row.Hash == "Spec.Hash", s.hash}} {
			total++
			switch {
			case c.want && !c.got:
				t.Errorf("%s: %s not found", row.File, c.what)
			case c.got && !c.want:
				more++
				t.Logf("%s: %s found in addition", row.File, c.what)
				passed++
			default:
				passed++
			}
		}
	}
	t.Logf("%d of %d, %d of them found beyond the table", passed, total, more)
}
