package e2e

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gclam/engine"
)

// The differential test: databases cut from real files, disguised in the ways
// that signatures are, must give the same names in gclam and in clamscan.
//
//	GCLAM_DIFF=n    databases to try (default 60; make e2e uses 2000)
//	GCLAM_SEED=n    repeats a run

const sampleMax = 200 << 10

// samples returns small real files of many kinds, as a list that does not
// depend on the order of directories.
func samples(t *testing.T) []string {
	var out []string
	for _, dir := range []string{"/usr/bin", "/usr/share/doc", "/usr/share/perl", "/usr/lib/python3", "/usr/share/mime", "/usr/share/man/man1", "/usr/local/go/doc", "/usr/local/go/src/net/http", "/usr/lib/python3/dist-packages", "/usr/share/javascript", "/usr/lib/x86_64-linux-gnu"} {
		n := 0
		_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || n > 400 {
				return nil
			}
			if st, err := d.Info(); err == nil && st.Size() > 100 && st.Size() < sampleMax {
				out = append(out, p)
				n++
			}
			return nil
		})
	}
	if len(out) < 50 {
		t.Skipf("only %d sample files on this machine", len(out))
	}
	slices.Sort(out)
	return out
}

// generator writes signatures that mostly hit one file.
type generator struct {
	r    *rand.Rand
	data []byte
	n    int
}

// name makes a name that is unique in its database.
func (g *generator) name() string {
	g.n++
	return fmt.Sprintf("T.Sig%d", g.n)
}

func (g *generator) oneOf(s ...string) string { return s[g.r.IntN(len(s))] }

// cut takes n bytes at a random place, rather not out of padding: what ClamAV
// finds for chains over long runs of one byte depends on which of hundreds of
// matches it still remembers (docs/differences.md).
func (g *generator) cut(n int) (int, []byte) {
	n = min(n, len(g.data)-1)
	var at int
	for range 50 {
		at = g.r.IntN(len(g.data) - n)
		if !padding(g.data[at : at+n]) {
			break
		}
	}
	return at, g.data[at : at+n]
}

// padding tells whether one byte value comes four times in a row.
func padding(b []byte) bool {
	for i := 3; i < len(b); i++ {
		if b[i] == b[i-1] && b[i] == b[i-2] && b[i] == b[i-3] {
			return true
		}
	}
	return false
}

// disguise writes bytes as a pattern with wildcards; a run of keep bytes at the
// front stays literal so that the pattern is legal in every target.
func (g *generator) disguise(b []byte, keep int) string {
	var s strings.Builder
	for i := 0; i < len(b); i++ {
		h := hex.EncodeToString(b[i : i+1])
		if i < keep {
			s.WriteString(h)
			continue
		}
		switch g.r.IntN(24) {
		case 0:
			s.WriteString("??")
		case 1:
			s.WriteString(h[:1] + "?")
		case 2:
			s.WriteString("?" + h[1:])
		case 3:
			fmt.Fprintf(&s, "(%s|%02x)", h, byte(g.r.IntN(256)))
		case 4:
			if i+2 < len(b) {
				fmt.Fprintf(&s, "(%s|%02x%02x)", hex.EncodeToString(b[i:i+2]), byte(g.r.IntN(256)), byte(g.r.IntN(256)))
				i++
			}
		case 5:
			if i+6 < len(b) { // a gap over bytes that may differ
				skip := 1 + g.r.IntN(3)
				s.WriteString(g.oneOf(fmt.Sprintf("{%d}", skip), fmt.Sprintf("{%d-%d}", skip, skip+2), "*", fmt.Sprintf("{-%d}", skip+3), fmt.Sprintf("{%d-}", skip)))
				i += skip
				s.WriteString(hex.EncodeToString(b[i : i+3]))
				i += 2
			}
		default:
			s.WriteString(h)
		}
	}
	return s.String()
}

// offset describes where a pattern stands, truly or nearly so.
func (g *generator) offset(at int) string {
	switch g.r.IntN(8) {
	case 0:
		return strconv.Itoa(at)
	case 1:
		return fmt.Sprintf("%d,%d", max(at-g.r.IntN(20), 0), g.r.IntN(30))
	case 2:
		return fmt.Sprintf("EOF-%d", len(g.data)-at)
	case 3:
		return fmt.Sprintf("EOF-%d,%d", len(g.data)-at+g.r.IntN(10), g.r.IntN(20))
	}
	return "*"
}

func (g *generator) ndb() string {
	at, b := g.cut(6 + g.r.IntN(30))
	target := g.oneOf("0", "0", "0", "6", "7", "3", "1", "14")
	return fmt.Sprintf("%s:%s:%s:%s\n", g.name(), target, g.offset(at), g.disguise(b, 4))
}

// sub is one subsignature, with modifiers at times.
func (g *generator) sub() string {
	at, b := g.cut(4 + g.r.IntN(14))
	if g.r.IntN(6) == 0 { // one that is not there
		b = append(slices.Clone(b), byte(g.r.IntN(256)), byte(g.r.IntN(256)))
	}
	s := g.disguise(b, 4)
	switch g.r.IntN(6) {
	case 0:
		return s + "::" + g.oneOf("i", "a", "f", "ia", "fi", "wa", "iwa")
	case 1:
		return g.offset(at) + ":" + s
	}
	return s
}

func (g *generator) ldb() string {
	n := 1 + g.r.IntN(4)
	subs := make([]string, n)
	terms := make([]string, n)
	for i := range n {
		subs[i] = g.sub()
		terms[i] = strconv.Itoa(i) + g.oneOf("", "", "", ">0", ">1", "=1", "=0", "<3", "=2")
	}
	logic := terms[0]
	for _, t := range terms[1:] {
		switch op := g.oneOf("&", "|"); g.r.IntN(4) {
		case 0:
			logic = "(" + logic + op + t + ")" + g.oneOf("", ">1", ">2", "=2", "<4", ">1,2")
		default:
			logic += op + t
		}
	}
	// In normalised text ClamAV's regular expressions see only what follows the
	// first hit of its pre-filter (docs/differences.md): binary samples only.
	if g.r.IntN(6) == 0 && n < 4 && bytes.IndexByte(g.data, 0) >= 0 {
		_, b := g.cut(6)
		subs = append(subs, "0/"+quoteRegex(b)+"/"+g.oneOf("", "i", "s", "g"))
		logic = "(" + logic + ")&" + strconv.Itoa(n)
	}
	tdb := "Engine:81-255,Target:" + g.oneOf("0", "0", "0", "6", "7", "3", "1")
	if g.r.IntN(4) == 0 {
		tdb += fmt.Sprintf(",FileSize:%d-%d", g.r.IntN(len(g.data)), len(g.data)+g.r.IntN(100)-10)
	}
	return fmt.Sprintf("%s;%s;%s;%s\n", g.name(), tdb, logic, strings.Join(subs, ";"))
}

func quoteRegex(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, "\\x%02x", c)
		}
	}
	return s.String()
}

func (g *generator) hdb() string {
	size := strconv.Itoa(len(g.data))
	if g.r.IntN(2) == 0 {
		return fmt.Sprintf("%x:%s:%s\n", sha256.Sum256(g.data), g.oneOf(size, size, "*"), g.name()+g.oneOf("", ":73"))
	}
	return fmt.Sprintf("%x:%s:%s:73\n", md5.Sum(g.data), g.oneOf(size, "*"), g.name())
}

// database writes a directory of signatures about data.
func (g *generator) database(t *testing.T, dir string) {
	var ndb, ldb, hdb strings.Builder
	for range 1 + g.r.IntN(6) {
		ndb.WriteString(g.ndb())
	}
	for range 1 + g.r.IntN(5) {
		ldb.WriteString(g.ldb())
	}
	if g.r.IntN(5) == 0 {
		// A hash with a size of * needs a level of 73; the other form has none.
		h := g.hdb()
		if strings.Count(h, ":") == 3 || !strings.Contains(h, ":*:") {
			hdb.WriteString(h)
		}
	}
	for name, text := range map[string]string{"a.ndb": ndb.String(), "b.ldb": ldb.String(), "c.hsb": hdb.String()} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGeneratedDatabasesGiveTheSameNamesAsClamscan(t *testing.T) {
	clamscan, err := exec.LookPath("clamscan")
	if err != nil {
		t.Skip("clamscan is not installed (e2e/setup.sh installs it)")
	}
	rounds := envInt("GCLAM_DIFF", 60)
	seed := uint64(envInt("GCLAM_SEED", int(rand.Uint32())))
	files := samples(t)
	agreed, ties := 0, 0
	for i := range rounds {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		file := files[r.IntN(len(files))]
		data, err := os.ReadFile(file)
		if err != nil || len(data) < 64 {
			continue
		}
		dir := t.TempDir()
		g := &generator{r: r, data: data}
		g.database(t, dir)
		for _, all := range []bool{false, true} {
			want, known := oracle(t, clamscan, dir, file, all)
			got, n := ours(t, dir, file, all)
			if !all && known == n && tied(t, dir, file, want, got) {
				ties++
				continue
			}
			if !slices.Equal(want, got) || known != n {
				t.Errorf("GCLAM_SEED=%d round %d, %s, all=%v:\n clamscan %d %v\n gclam    %d %v\n%s", seed, i, file, all, known, want, n, got, dump(dir))
				break
			}
			agreed++
		}
		if t.Failed() {
			t.Fatalf("stopped after %d agreements", agreed)
		}
	}
	if most := max(2, rounds/200); ties > most {
		t.Errorf("%d ties in %d databases, more than %d: the order of results is wrong (seed %d)", ties, rounds, most, seed)
	}
	t.Logf("%d databases, %d comparisons agree, %d ties (seed %d)", rounds, agreed, ties, seed)
}

func dump(dir string) string {
	var s strings.Builder
	for _, n := range []string{"a.ndb", "b.ldb", "c.hsb"} {
		b, _ := os.ReadFile(filepath.Join(dir, n))
		s.Write(b)
	}
	return s.String()
}

func envInt(name string, def int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return def
}

// oracle returns the names that clamscan prints, sorted in all-match mode, and
// its count of signatures (-1 if the database is refused).
func oracle(t *testing.T, bin, db, file string, all bool) ([]string, int) {
	args := []string{"-d", db}
	if all {
		args = append(args, "-z")
	}
	out, err := exec.Command(bin, append(args, file)...).Output()
	if ee, ok := err.(*exec.ExitError); ok && ee.ExitCode() == 2 {
		return nil, -1
	} else if err != nil && !ok {
		t.Fatal(err)
	}
	names, known := []string{}, 0
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if s, ok := strings.CutSuffix(line, " FOUND"); ok {
			names = append(names, s[strings.LastIndexByte(s, ' ')+1:])
		}
		if s, ok := strings.CutPrefix(line, "Known viruses: "); ok {
			known, _ = strconv.Atoi(s)
		}
	}
	if all {
		names = distinct(names)
	}
	return names, known
}

// neighbours is how far apart, in bytes, two matches may begin that can be found
// by the same anchor.
const neighbours = 64

// tied tells whether two programs reported different patterns that both match at
// one place. Their order depends in ClamAV on what other patterns share a node of
// its automaton; such ties are counted, and the test bounds their number.
func tied(t *testing.T, db, file string, want, got []string) bool {
	if len(want) != 1 || len(got) != 1 || want[0] == got[0] {
		return false
	}
	at := map[string]int64{}
	for _, m := range matches(t, db, file, true).Matches {
		if _, seen := at[m.Name]; !seen {
			at[m.Name] = m.Offset
		}
	}
	a, okA := at[want[0]]
	b, okB := at[got[0]]
	return okA && okB && a >= 0 && b >= 0 && max(a, b)-min(a, b) <= neighbours
}

// distinct sorts names and drops repeats: how often a name comes in all-match
// mode depends on how many views of an object were matched.
func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// matches scans a file with our engine; on a refused database Objects is -1.
func matches(t *testing.T, db, file string, all bool) engine.Result {
	e, err := engine.Load(context.Background(), db, engine.LoadOptions{})
	if err != nil {
		return engine.Result{Objects: -1}
	}
	defer e.Close()
	s, err := e.NewScanner(engine.Options{AllMatches: all})
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.ScanFile(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	res.Scanned = int64(e.Signatures())
	return res
}

func ours(t *testing.T, db, file string, all bool) ([]string, int) {
	res := matches(t, db, file, all)
	if res.Objects < 0 {
		return nil, -1
	}
	names := []string{}
	for _, m := range res.Matches {
		names = append(names, m.Name)
	}
	if all {
		names = distinct(names)
	}
	return names, int(res.Scanned)
}
