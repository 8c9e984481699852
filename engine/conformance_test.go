package engine

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// caseFile is where the conformance tables are, relative to this package.
const caseFile = "../../shared/spec/cases/signatures.jsonl"

// signatureCase is one row of the table; see the head of cases/replay.
type signatureCase struct {
	ID string `json:"id"`
	DB []struct {
		Name, Text string
		B64        []byte
	} `json:"db"`
	DBDir     bool       `json:"db_dir"`
	InputName string     `json:"input_name"`
	InputB64  []byte     `json:"input_b64"`
	InputZ64  []byte     `json:"input_z64"`
	Args      []string   `json:"args"`
	Ordered   bool       `json:"ordered"`
	AnyOf     [][]string `json:"any_of"`
	Expect    struct {
		Exit  int      `json:"exit"`
		Found []string `json:"found"`
		Known *int     `json:"known"`
	} `json:"expect"`
}

func readCases(t *testing.T) []signatureCase {
	t.Helper()
	f, err := os.Open(caseFile)
	if err != nil {
		t.Skipf("conformance tables are not here: %v", err)
	}
	defer f.Close()
	var out []signatureCase
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var c signatureCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// pending lists the rows that need bytecode, YARA, phishing or certificate rules
// to be evaluated.
var pending = regexp.MustCompile(`^(yara|cbc|phish|crb)/|^ign/yara-`)

// TestSignatureCases replays the table through the public API: the rows whose
// arguments the API can express without a command line.
func TestSignatureCases(t *testing.T) {
	only := os.Getenv("GCLAM_CASE")
	passed, failed, skipped := 0, 0, 0
	for _, c := range readCases(t) {
		if only != "" && !regexp.MustCompile(only).MatchString(c.ID) {
			continue
		}
		if pending.MatchString(c.ID) {
			skipped++
			continue
		}
		lo, so, ok := caseOptions(c.Args)
		if !ok {
			skipped++
			continue
		}
		if runCase(t, c, lo, so) {
			passed++
		} else {
			failed++
		}
	}
	t.Logf("%d passed, %d failed, %d left to the command", passed, failed, skipped)
}

// caseOptions translates command-line arguments; ok is false for others.
func caseOptions(args []string) (lo LoadOptions, so Options, ok bool) {
	for _, a := range args {
		switch a {
		case "-z", "--allmatch":
			so.AllMatches = true
		case "--detect-pua", "--detect-pua=yes":
			lo.PUA.Enabled = true
		case "--phishing-sigs=no":
			lo.NoPhishing = true
		case "--scan-image-fuzzy-hash=no":
			so.Parse.NoImageHash = true
		case "--scan-image=no":
			so.Parse.NoImage = true
		case "--normalize=no":
			so.Parse.NoNormalize = true
		case "--alert-encrypted=yes", "--alert-encrypted":
			so.Heuristics.EncryptedArchive = true
		default:
			return lo, so, false
		}
	}
	return lo, so, true
}

func runCase(t *testing.T, c signatureCase, lo LoadOptions, so Options) bool {
	dir := t.TempDir()
	for _, d := range c.DB {
		data := d.B64
		if data == nil {
			data = latin1(d.Text)
		}
		if err := os.WriteFile(filepath.Join(dir, d.Name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := dir
	if len(c.DB) == 1 && !c.DBDir {
		path = filepath.Join(dir, c.DB[0].Name)
	}
	input := c.InputB64
	if c.InputZ64 != nil {
		r, err := zlib.NewReader(bytes.NewReader(c.InputZ64))
		if err != nil {
			t.Fatal(err)
		}
		if input, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	exit, found, known := 0, []string{}, -1
	e, err := Load(context.Background(), path, lo)
	if err != nil {
		exit = 2
	} else {
		defer e.Close()
		known = e.Signatures()
		s, err := e.NewScanner(so)
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.ScanBytes(context.Background(), input, ObjectInfo{Name: c.InputName})
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			return false
		}
		for _, m := range res.Matches {
			found = append(found, m.Name)
		}
		if res.Infected() {
			exit = 1
		}
		for _, f := range res.Facts {
			if f.What == "panic" {
				t.Errorf("%s: contained panic: %s", c.ID, f.Detail)
			}
		}
	}
	want := append([]string{}, c.Expect.Found...)
	got := append([]string{}, found...)
	if !c.Ordered {
		slices.Sort(want)
		slices.Sort(got)
	}
	same := slices.Equal(want, got)
	for _, alt := range c.AnyOf {
		alt = append([]string{}, alt...)
		slices.Sort(alt)
		slices.Sort(got)
		same = same || slices.Equal(alt, got)
	}
	if exit != c.Expect.Exit || !same || c.Expect.Known != nil && known >= 0 && known != *c.Expect.Known {
		t.Errorf("%s: exit %d found %v known %d (%v), want exit %d found %v", c.ID, exit, short(found), known, err, c.Expect.Exit, short(c.Expect.Found))
		return false
	}
	return true
}

func short(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:6], " ") + " …"
	}
	return strings.Join(names, " ")
}

// latin1 turns table text, in which each character is a byte, into bytes.
func latin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		out = append(out, byte(r))
	}
	return out
}
