package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const eicarDir = "../testdata/eicar"

// expectations reads EXPECTED.tsv: file name and FOUND or OK.
func expectations(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(eicarDir, "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		name, verdict, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("bad line %q", line)
		}
		out[name] = verdict
	}
	return out
}

func embeddedScanner(t testing.TB, o Options) *Scanner {
	t.Helper()
	e, err := LoadEmbedded(context.Background(), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	s, err := e.NewScanner(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryContainerOfTheTestFolderGivesItsVerdict(t *testing.T) {
	s := embeddedScanner(t, Options{})
	for name, want := range expectations(t) {
		res, err := s.ScanFile(context.Background(), filepath.Join(eicarDir, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := "OK"
		if res.Infected() {
			got = "FOUND"
		}
		if got != want {
			t.Errorf("%s: %s, want %s (facts %v)", name, got, want, res.Facts)
		}
	}
}

func TestAMatchNamesThePathOfObjectsDownToTheHit(t *testing.T) {
	s := embeddedScanner(t, Options{})
	res, err := s.ScanFile(context.Background(), filepath.Join(eicarDir, "eicar-mail-zip.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Matches) != 1 {
		t.Fatalf("%d matches, want 1", len(res.Matches))
	}
	got := strings.Join(res.Matches[0].Path, " > ")
	if want := "eicar-mail-zip.zip > message.eml > eicar.com"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
}
