package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gclam/internal/cli"
)

// sampleEvery is how many real signatures are passed over for each one compared.
const sampleEvery = 40

// outcome is what a run left.
type outcome struct {
	code     int
	out, err string
}

// ours runs the program in this process.
func ours(args []string, stdin string) outcome {
	var out, errOut bytes.Buffer
	code := command().Execute(context.Background(), append([]string{"sigtool"}, args...),
		cli.Streams{In: strings.NewReader(stdin), Out: &out, Err: &errOut})
	return outcome{code, out.String(), errOut.String()}
}

// theirs runs the reference; ok is false when it crashed.
func theirs(t *testing.T, path string, args []string, stdin string) (o outcome, ok bool) {
	t.Helper()
	c := exec.Command(path, args...)
	c.Args[0] = "sigtool"
	var out, errOut bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errOut
	err := c.Run()
	var ee *exec.ExitError
	if err != nil && !errors.As(err, &ee) {
		t.Fatal(err)
	}
	return outcome{c.ProcessState.ExitCode(), out.String(), errOut.String()}, c.ProcessState.Exited()
}

// reference finds sigtool, and the directory of shared data.
func reference(t *testing.T) (tool, shared string) {
	t.Helper()
	tool, err := exec.LookPath("sigtool")
	if err != nil {
		t.Skip("sigtool is not installed")
	}
	shared, err = filepath.Abs(filepath.Join("..", "..", "..", "shared"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(shared); err != nil {
		t.Skip("conformance data not available")
	}
	return tool, shared
}

// sampled returns some of the lines of a compressed database.
func sampled(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, maxLine)
	for n := 0; sc.Scan(); n++ {
		if n%sampleEvery == 1 && !strings.HasPrefix(sc.Text(), "#") {
			out = append(out, sc.Text())
		}
	}
	return out
}

// conformanceLines returns the signatures of the conformance table.
func conformanceLines(t *testing.T, shared string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "spec", "cases", "signatures.jsonl"))
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = f.Close() }()
	seen := map[string]bool{}
	var out []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, maxLine)
	for sc.Scan() {
		var row struct {
			DB []struct{ Name, Text string }
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for _, db := range row.DB {
			if !strings.Contains(".ndb.ldb.db.cdb.ftm.sdb.hdb.idb.ldu.ndu", filepath.Ext(db.Name)) {
				continue
			}
			for _, l := range strings.Split(db.Text, "\n") {
				l = strings.TrimRight(l, "\r")
				if l != "" && len(l) < 8000 && !strings.Contains(l, "\x00") && !seen[l] {
					seen[l] = true
					out = append(out, l)
				}
			}
		}
	}
	return out
}

func TestRealSignaturesAreExplainedAndTriedLikeSigtoolDoes(t *testing.T) {
	tool, shared := reference(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("MZ\x00\x00This program cannot be run in DOS mode http://\r\n", 50)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.ldb", "daily.ndb"} {
		lines := sampled(t, filepath.Join(shared, "bench", "data", name+".gz"))
		compare(t, tool, []string{"--decode-sigs"}, strings.Join(lines, "\n")+"\n")
		db := filepath.Join(t.TempDir(), name)
		lines = lines[:min(len(lines), 40)]
		if err := os.WriteFile(db, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		compare(t, tool, []string{"--test-sigs=" + db, text}, "")
		compare(t, tool, []string{"--list-sigs=" + db}, "")
	}
}

// knownDifferences are lines whose expression the engine's parser refuses with
// another text.
func knownDifferences() map[string]bool {
	return map[string]bool{"L.u;Engine:51-255,Target:0;a&1;61616262;63636464": true}
}

func TestSignaturesOfTheConformanceTableAreExplainedLikeSigtoolDoes(t *testing.T) {
	tool, shared := reference(t)
	n, batch := 0, ""
	for _, l := range conformanceLines(t, shared) {
		if knownDifferences()[l] {
			continue
		}
		n++
		batch += l + "\n"
		// A signature that cannot be explained ends a run, and so a batch.
		if ours([]string{"--decode-sigs"}, l+"\n").code != 0 {
			compare(t, tool, []string{"--decode-sigs"}, batch)
			batch = ""
		}
	}
	compare(t, tool, []string{"--decode-sigs"}, batch)
	t.Logf("%d signatures compared", n)
}

// compare runs both programs; runs in which the reference crashes do not count.
func compare(t *testing.T, tool string, args []string, stdin string) {
	t.Helper()
	want, ok := theirs(t, tool, args, stdin)
	if !ok {
		t.Logf("sigtool crashed with %.80q", stdin)
		return
	}
	if got := ours(args, stdin); got != want {
		t.Errorf("%v with %.200q:\nexit %d, want %d\n%s", args, stdin, got.code, want.code, firstDifference(got, want))
	}
}

func firstDifference(got, want outcome) string {
	for _, p := range [][2]string{{got.out, want.out}, {got.err, want.err}} {
		a, b := strings.Split(p[0], "\n"), strings.Split(p[1], "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				return "got  " + a[i] + "\nwant " + b[i]
			}
		}
		if len(a) != len(b) {
			return "different numbers of lines"
		}
	}
	return ""
}
