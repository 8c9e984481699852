package corpustest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/all"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const marker = "spec-marker-7f3a91c2-harmless"

// ours selects the files of the formats that this test covers.
var ours = regexp.MustCompile(`^(7z|alz|arj|behind-(7z|zip|cab|arj|rar)|bz2|cab|chm|cpio|cut-(7z|alz|arj|bz2|cab|cpio|egg|gz|lha|szdd|tar|xz|zip)|egg|flip-(7z|alz|arj|bz2|cab|cpio|egg|gz|lha|szdd|tar|xz|zip)|gz|lha|nest-(gz|zip|tar|mix)|rar[45]|sfx-(7z|cab)|szdd|tar|xz|zip|jar|raw-zip)[-.]`)

// verdicts is a row of the table.
type verdicts struct {
	File, Marker, Hash, Alerts string
}

func caseDir(t *testing.T) string {
	dir, err := filepath.Abs("../../../../../shared/spec/cases")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("conformance tables are not here: ../shared/spec/cases")
	}
	return dir
}

// corpus returns a directory with the files of make-containers.
func corpus(t *testing.T, cases string) string {
	if dir := os.Getenv("GCLAM_CORPUS"); dir != "" {
		return dir
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is needed to make the corpus")
	}
	dir := t.TempDir()
	if out, err := exec.Command(python, filepath.Join(cases, "make-containers"), dir).CombinedOutput(); err != nil {
		t.Fatalf("make-containers: %v\n%s", err, out)
	}
	return dir
}

func table(t *testing.T, cases string) []verdicts {
	f, err := os.Open(filepath.Join(cases, "containers.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []verdicts
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var v verdicts
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if ours.MatchString(v.File) {
			rows = append(rows, v)
		}
	}
	return rows
}

// payload is the text whose MD5 proves exact extraction.
func payload() []byte {
	eicar := `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"
	return []byte("harmless test payload, line one\r\n" + marker + "\r\n" + eicar + "\r\n" +
		strings.Repeat("the quick brown fox jumps over the lazy dog. ", 24) + "\r\n")
}

// scan is one recursive unpacking.
type scan struct {
	b     *limit.Budget
	table map[cltype.Type]format.Unpacker
	want  [md5.Size]byte

	marker, hash, encrypted, overlap bool
	layers                           []string
}

type sink struct {
	s     *scan
	depth int
}

func (k sink) Fact(f format.Fact, _ int64) {
	k.s.encrypted = k.s.encrypted || f == format.Encrypted
	k.s.overlap = k.s.overlap || f == format.Overlap
}

func (k sink) Passwords(string) [][]byte { return [][]byte{[]byte("wrong"), []byte("specpass")} }

func (k sink) Child(m format.Meta, r io.Reader) error {
	if r == nil {
		return nil
	}
	limit64 := int64(64 << 20)
	data, err := io.ReadAll(io.LimitReader(r, limit64))
	k.s.layers = append(k.s.layers, fmt.Sprintf("%d %s %d %v", k.depth, m.Name, len(data), err))
	if err == limit.ErrStop {
		return err
	}
	k.s.layer(data, k.depth)
	return nil
}

func (s *scan) layer(data []byte, depth int) {
	s.marker = s.marker || bytes.Contains(data, []byte(marker))
	s.hash = s.hash || md5.Sum(data) == s.want
	if depth >= 17 {
		return
	}
	t := typeOf(data)
	if u := s.table[t]; u != nil {
		s.unpack(u, data, depth)
	}
	if t == cltype.ZIP || t == cltype.GZ || t == cltype.POSIXTar || t == cltype.OldTar || t == cltype.CPIOOld {
		return
	}
	for _, e := range embedded {
		for i := 1; i < len(data); i++ {
			k := bytes.Index(data[i:], []byte(e.magic))
			if k < 0 {
				break
			}
			i += k
			if u := s.table[e.t]; u != nil && e.t != t {
				s.unpack(u, data[i:], depth)
			}
		}
	}
}

func (s *scan) unpack(u format.Unpacker, data []byte, depth int) {
	if err := u.Unpack(context.Background(), input.Bytes(data), s.b, sink{s, depth + 1}); err != nil && err != limit.ErrStop {
		s.layers = append(s.layers, "error: "+err.Error())
	}
}

type magic struct {
	off   int
	magic string
	t     cltype.Type
}

var embedded = []magic{
	{0, "PK\x03\x04", cltype.ZIPSFX},
	{0, "7z\xbc\xaf\x27\x1c", cltype.SevenZip},
	{0, "MSCF\x00\x00\x00\x00", cltype.MSCAB},
	{0, "Rar!\x1a\x07\x00", cltype.RAR},
}

var magics = []magic{
	{0, "PK\x03\x04", cltype.ZIP},
	{0, "PK00PK\x03\x04", cltype.ZIP},
	{0, "\x1f\x8b", cltype.GZ},
	{0, "BZh", cltype.BZ},
	{0, "\xfd7zXZ\x00", cltype.XZ},
	{0, "7z\xbc\xaf\x27\x1c", cltype.SevenZip},
	{0, "Rar!", cltype.RAR},
	{0, "\x60\xea", cltype.ARJ},
	{0, "MSCF\x00\x00\x00\x00", cltype.MSCAB},
	{0, "ITSF", cltype.MSCHM},
	{0, "SZDD", cltype.MSSZDD},
	{0, "ALZ\x01", cltype.ALZ},
	{0, "EGGA", cltype.EGG},
	{0, "070707", cltype.CPIOODC},
	{0, "070701", cltype.CPIONewc},
	{0, "070702", cltype.CPIOCRC},
	{0, "\xc7\x71", cltype.CPIOOld},
	{0, "\x71\xc7", cltype.CPIOOld},
	{257, "ustar", cltype.POSIXTar},
	{2, "-lh", cltype.LHA},
	{2, "-lz", cltype.LHA},
	{0, "[aliases]", cltype.POSIXTar},
}

func typeOf(b []byte) cltype.Type {
	for _, m := range magics {
		if len(b) > m.off && bytes.HasPrefix(b[m.off:], []byte(m.magic)) {
			return m.t
		}
	}
	if len(b) >= 512 && oldTar(b) {
		return cltype.OldTar
	}
	return cltype.BinaryData
}

func oldTar(b []byte) bool {
	sum, want := 0, 0
	for i, c := range b[:512] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int(c)
	}
	_, err := fmt.Sscanf(strings.Trim(string(b[148:156]), "\x00 "), "%o", &want)
	return err == nil && sum == want
}

// limited names files whose rows were recorded with command-line limits, which
// belong to the engine.
var limited = regexp.MustCompile(`max(files|filesize|scansize|recursion)|^nest-.*-1[78]|^nest-zip-20`)

func TestParsersFindThePayloadWhereverClamAVDoes(t *testing.T) {
	cases := caseDir(t)
	dir := corpus(t, cases)
	var n, markers, hashes, more int
	perFormat := map[string][3]int{} // files, equal verdicts, more found
	for _, row := range table(t, cases) {
		if limited.MatchString(row.File) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			t.Error(err)
			continue
		}
		s := &scan{
			b:     limit.New(limit.Limits{FileSize: 100 << 20, ScanSize: 400 << 20, Files: 10000, Memory: 256 << 20, Time: time.Minute}, nil),
			table: all.Unpackers(), want: md5.Sum(payload()),
		}
		s.layer(data, 0)
		n++
		wantMarker, wantHash := row.Marker == "Spec.Marker", row.Hash == "Spec.Hash"
		wantEnc := strings.HasPrefix(row.Alerts, "Heuristics.Encrypted")
		wantOverlap := row.Alerts == "Heuristics.Zip.OverlappingFiles"
		if wantMarker == s.marker {
			markers++
		}
		if wantHash == s.hash {
			hashes++
		}
		name, _, _ := strings.Cut(row.File, "-")
		c := perFormat[name]
		c[0]++
		if s.marker == wantMarker && s.hash == wantHash {
			c[1]++
		}
		if s.marker && !wantMarker || s.hash && !wantHash {
			more++
			c[2]++
			t.Logf("more found in %s (marker %v, hash %v)", row.File, s.marker && !wantMarker, s.hash && !wantHash)
		}
		perFormat[name] = c
		if wantMarker && !s.marker || wantHash && !s.hash || wantEnc && !s.encrypted || wantOverlap != s.overlap {
			t.Errorf("%s: marker %v (want %v), hash %v (want %v), encrypted %v (want %v), overlap %v (want %v)\n\t%s", row.File,
				s.marker, wantMarker, s.hash, wantHash, s.encrypted, wantEnc, s.overlap, wantOverlap, strings.Join(s.layers, "\n\t"))
		}
	}
	t.Logf("files, equal verdicts, more found: %v", perFormat)
	t.Logf("%d files: marker verdict equal %d, hash verdict equal %d, more found in %d", n, markers, hashes, more)
}
