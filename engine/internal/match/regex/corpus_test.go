package regex

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// shared returns the path of a file beside the repository, or skips the test.
func shared(t testing.TB, elements ...string) string {
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
	path := filepath.Join(append([]string{dir, "..", "shared"}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("test data not present: ", err)
	}
	return path
}

// expression is a PCRE subsignature as written.
type expression struct{ pattern, flags string }

func (e expression) compile() (*Program, error) {
	var f Flags
	for letter, flag := range map[string]Flags{
		"i": Caseless, "s": DotAll, "m": Multiline, "x": Extended, "A": Anchored, "E": DollarEndOnly, "U": Ungreedy,
	} {
		if strings.Contains(e.flags, letter) {
			f |= flag
		}
	}
	return Compile([]byte(e.pattern), f)
}

// expressionsOf splits a logical signature and returns its PCRE subsignatures.
func expressionsOf(line string) []expression {
	var fields []string
	at, inside := 0, false
	for i := range len(line) {
		switch {
		case line[i] == '/' && i > 0 && line[i-1] != '\\' && len(fields) >= 2:
			inside = !inside
		case line[i] == ';' && !inside:
			fields = append(fields, line[at:i])
			at = i + 1
		}
	}
	fields = append(fields, line[at:])
	var out []expression
	for _, f := range fields[min(3, len(fields)):] {
		a, b := strings.IndexByte(f, '/'), strings.LastIndexByte(f, '/')
		if a >= 0 && a < b {
			out = append(out, expression{f[a+1 : b], f[b+1:]})
		}
	}
	return out
}

func officialExpressions(t testing.TB) []expression {
	t.Helper()
	file, err := os.Open(shared(t, "bench", "data", "main.ldb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []expression
	seen := map[expression]bool{}
	scan := bufio.NewScanner(z)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		for _, e := range expressionsOf(scan.Text()) {
			if !seen[e] {
				seen[e] = true
				out = append(out, e)
			}
		}
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOfficialExpressionsCompile(t *testing.T) {
	t.Parallel()
	linear, states := 0, 0
	list := officialExpressions(t)
	for _, e := range list {
		p, err := e.compile()
		if err != nil {
			t.Errorf("/%s/%s: %v", e.pattern, e.flags, err)
			continue
		}
		if p.auto != nil {
			linear++
			states = max(states, len(p.auto.forward.code))
		}
	}
	if len(list) < 400 {
		t.Errorf("only %d expressions found", len(list))
	}
	if linear*10 < len(list)*8 {
		t.Errorf("only %d of %d run in linear time", linear, len(list))
	}
	t.Logf("%d expressions, %d linear, largest automaton %d", len(list), linear, states)
}

func TestRecordedScansOfExpressions(t *testing.T) {
	t.Parallel()
	file, err := os.Open(shared(t, "spec", "cases", "signatures.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scan := bufio.NewScanner(file)
	scan.Buffer(nil, 64<<20)
	tested := 0
	for scan.Scan() {
		var r struct {
			ID     string
			DB     []struct{ Text string }
			B64    string `json:"input_b64"`
			Args   []string
			Expect struct {
				Exit     int
				Messages []string
			}
		}
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(r.ID, "pcre/") || r.B64 == "" || len(r.Args) > 0 {
			continue
		}
		if recorded(t, r.ID, r.DB[0].Text, r.B64, r.Expect.Exit) {
			tested++
		}
	}
	if tested < 25 {
		t.Errorf("only %d rows were usable", tested)
	}
	t.Logf("%d rows", tested)
}

// recorded checks one row whose only condition is its first expression; the
// evaluation of triggers belongs elsewhere.
func recorded(t *testing.T, id, line, input string, exit int) bool {
	list := expressionsOf(strings.TrimSpace(line))
	fields := strings.Split(strings.TrimSpace(line), ";")
	sub := fields[len(fields)-1]
	if len(list) != 1 || fields[2] != "0&1" || list[0].pattern == "" || !strings.Contains(sub, "0/") || strings.Contains(sub, "0>") ||
		strings.ContainsAny(list[0].flags, "qe") {
		return false
	}
	p, err := list[0].compile()
	if exit == 2 {
		if err == nil {
			t.Errorf("%s: no error", id)
		}
		return true
	}
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return true
	}
	data, err := base64.StdEncoding.DecodeString(input)
	if err != nil {
		t.Fatal(err)
	}
	from, last, anchored := 0, len(data), false
	if offset, _, ok := strings.Cut(sub[:strings.IndexByte(sub, '/')], ":"); ok && isDigit(offset[0]) {
		low, shift, shifted := strings.Cut(offset, ",")
		from, _ = strconv.Atoi(low)
		if shifted {
			n, _ := strconv.Atoi(shift)
			last = from + n
		}
		anchored = !shifted && !strings.Contains(list[0].flags, "r")
	}
	start, _, ok, _ := p.Find(data, from, RunOptions{Anchored: anchored})
	if got := ok && start <= last; got != (exit == 1) {
		t.Errorf("%s: got %v, recorded exit %d", id, got, exit)
	}
	return true
}

func BenchmarkOfficialExpressions(b *testing.B) {
	var programs []*Program
	for i, e := range officialExpressions(b) {
		if p, err := e.compile(); err == nil && i%12 == 0 {
			programs = append(programs, p)
		}
	}
	text := make([]byte, 1<<20)
	x := uint32(1)
	for i := range text {
		x = x*1664525 + 1013904223
		text[i] = "etaoin shrdlu(){}.;=\"'/\\\n\x00\x90ABC019_"[x>>27]
	}
	b.SetBytes(int64(len(text) * len(programs)))
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range programs {
			if _, _, _, err := p.Find(text, 0, RunOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
