package pe_test

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/exe/elf"
	"gclam/engine/internal/exe/macho"
	"gclam/engine/internal/exe/pe"
	"gclam/engine/internal/input"
)

// caseRow is one recorded scan of the conformance table.
type caseRow struct {
	ID     string `json:"id"`
	DB     []struct{ Name, Text string }
	B64    *string `json:"input_b64"`
	Z64    *string `json:"input_z64"`
	Args   []string
	Expect struct{ Found []string }
}

func (r caseRow) input(t *testing.T) []byte {
	t.Helper()
	if r.B64 != nil {
		b, err := base64.StdEncoding.DecodeString(*r.B64)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if r.Z64 == nil {
		return nil
	}
	z, err := base64.StdEncoding.DecodeString(*r.Z64)
	if err != nil {
		t.Fatal(err)
	}
	d, err := zlib.NewReader(bytes.NewReader(z))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cases opens the conformance table beside the repository.
func cases(t *testing.T) []caseRow {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("no repository root")
		}
		dir = filepath.Dir(dir)
	}
	file, err := os.Open(filepath.Join(dir, "..", "shared", "spec", "cases", "signatures.jsonl"))
	if err != nil {
		t.Skip("conformance table not present: ", err)
	}
	defer file.Close()
	var rows []caseRow
	scan := bufio.NewScanner(file)
	scan.Buffer(nil, 64<<20)
	for scan.Scan() {
		var r caseRow
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func parseAny(b []byte) (*exe.Facts, error) {
	v := input.Bytes(b)
	if f, err := pe.Parse(v, pe.Options{VersionInfo: true, Imports: true}); err == nil {
		return f, nil
	}
	if f, err := elf.Parse(v); err == nil {
		return f, nil
	}
	return macho.Parse(v)
}

func TestRecordedScansAgreeWithFacts(t *testing.T) {
	t.Parallel()
	tested := 0
	for _, r := range cases(t) {
		if len(r.DB) != 1 || len(r.Args) != 0 {
			continue
		}
		lines := strings.Split(strings.TrimSpace(r.DB[0].Text), "\n")
		if len(lines) != 1 {
			continue
		}
		b := r.input(t)
		f, err := parseAny(b)
		if err != nil || !f.Usable() {
			continue
		}
		got, ok := evaluate(f, b, filepath.Ext(r.DB[0].Name), strings.Split(lines[0], ":"))
		if !ok {
			continue
		}
		tested++
		if want := len(r.Expect.Found) > 0; got != want {
			t.Errorf("%s: facts give match %v, recorded %v", r.ID, got, want)
		}
	}
	if tested < 30 {
		t.Errorf("only %d rows were usable", tested)
	}
	t.Logf("%d rows", tested)
}

// evaluate decides simple one-line databases from facts alone; ok is false for
// what it does not understand.
func evaluate(f *exe.Facts, b []byte, ext string, field []string) (match, ok bool) {
	switch ext {
	case ".mdb":
		if len(field) != 3 || field[0] == "*" {
			return false, false
		}
		size, err := strconv.ParseInt(field[0], 10, 64)
		if err != nil {
			return false, false
		}
		for _, s := range f.Sections {
			if f.Format == exe.PE && s.RawSize == size && hashed(b[s.Raw:s.Raw+s.RawSize], field[1]) {
				return true, true
			}
		}
		return false, true
	case ".imp":
		return f.Imports != "" && hashed([]byte(f.Imports), field[0]) &&
			(field[1] == "*" || field[1] == strconv.Itoa(len(f.Imports))), true
	case ".ndb":
		target := map[string]exe.Format{"1": exe.PE, "6": exe.ELF, "9": exe.MachO}[field[1]]
		pattern, err := hex.DecodeString(field[3])
		if err != nil || target != f.Format || len(pattern) < 3 || len(b) >= 256<<10 {
			return false, false
		}
		return atOffset(f, b, field[2], pattern)
	}
	return false, false
}

func hashed(b []byte, sum string) bool {
	for _, s := range []string{
		fmt.Sprintf("%x", md5.Sum(b)), fmt.Sprintf("%x", sha1.Sum(b)), fmt.Sprintf("%x", sha256.Sum256(b)),
	} {
		if s == sum {
			return true
		}
	}
	return false
}

func atOffset(f *exe.Facts, b []byte, offset string, pattern []byte) (match, ok bool) {
	shift := int64(0)
	if o, s, found := strings.Cut(offset, ","); found {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return false, false
		}
		offset, shift = o, n
	}
	var n int64
	var x int
	low := []int64{}
	last := len(f.Sections) - 1
	switch {
	case offset == "VI":
		low = f.VersionInfo
	case scan(offset, "EP+%d", &n), scan(offset, "EP-%d", &n):
		if strings.HasPrefix(offset, "EP-") {
			n = -n
		}
		low = append(low, f.Entry+n)
	case scan(offset, "SL+%d", &n) && last >= 0:
		low = append(low, f.Sections[last].Raw+n)
	case scan(offset, "SE%d", &x):
		if x <= last {
			low, shift = append(low, f.Sections[x].Raw), shift+f.Sections[x].RawSize
		}
	case scan2(offset, "S%d+%d", &x, &n):
		if x <= last {
			low = append(low, f.Sections[x].Raw+n)
		}
	default:
		return false, false
	}
	for _, from := range low {
		for at := max(from, 0); at <= from+shift && at < int64(len(b)); at++ {
			if bytes.HasPrefix(b[at:], pattern) {
				return true, true
			}
		}
	}
	return false, true
}

func scan(s, format string, v any) bool {
	n, err := fmt.Sscanf(s+" ", format+" ", v)
	return err == nil && n == 1
}

func scan2(s, format string, v, w any) bool {
	n, err := fmt.Sscanf(s+" ", format+" ", v, w)
	return err == nil && n == 2
}
