package html

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Bounds of the comparison with an installed clamscan.
const (
	oracleFiles   = 150
	oracleMaxSize = 200 << 10
)

// pages returns real pages and scripts found on this machine, the scripts
// wrapped into a page.
func pages(t *testing.T) [][]byte {
	t.Helper()
	var out [][]byte
	for _, root := range []string{"/usr/share/doc", "/usr/local/go", "/usr/lib/node_modules", "/usr/lib/python3"} {
		share := 0
		_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			if share >= oracleFiles/3 || len(out) >= oracleFiles {
				return filepath.SkipAll
			}
			ext := filepath.Ext(p)
			if ext != ".html" && ext != ".htm" && ext != ".js" && ext != ".css" {
				return nil
			}
			b, err := os.ReadFile(p)
			if err != nil || len(b) > oracleMaxSize {
				return nil
			}
			switch ext {
			case ".js":
				b = []byte("<html><script>\n" + string(b) + "\n</script></html>\n")
			case ".css":
				b = []byte("<html><style>\n" + string(b) + "\n</style></html>\n")
			}
			out = append(out, b)
			share++
			return nil
		})
	}
	return out
}

// TestViewsEqualClamAV compares the views of real pages byte for byte with what
// an installed clamscan leaves in its temporary directory.
func TestViewsEqualClamAV(t *testing.T) {
	if testing.Short() {
		t.Skip("runs clamscan")
	}
	clamscan, err := exec.LookPath("clamscan")
	if err != nil {
		t.Skip("clamscan is not installed")
	}
	in := pages(t)
	if len(in) == 0 {
		t.Skip("no pages found on this machine")
	}
	dir := t.TempDir()
	for _, d := range []string{"in", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range in {
		if err := os.WriteFile(filepath.Join(dir, "in", fmt.Sprintf("page%04d", i)), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	db := filepath.Join(dir, "none.ndb")
	if err := os.WriteFile(db, []byte("None:1:*:00112233445566778899\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tmp := filepath.Join(dir, "tmp")
	out, err := exec.Command(clamscan, "-d", db, "--leave-temps", "--tempdir="+tmp, "-r", filepath.Join(dir, "in")).CombinedOutput()
	if err != nil {
		t.Skipf("clamscan: %v\n%s", err, out)
	}
	compared, equal := 0, 0
	for i, b := range in {
		found, _ := filepath.Glob(filepath.Join(tmp, fmt.Sprintf("*page%04d*", i), "*", "html-tmp*"))
		if len(found) != 1 {
			continue // not typed as HTML
		}
		v, _ := Normalize(context.Background(), input.Bytes(b), limit.New(limit.Limits{}, nil), Options{NoTags: true})
		for name, got := range map[string][]byte{"nocomment.html": v.NoComment, "notags.html": v.NoTags, "javascript": v.Scripts} {
			want, err := os.ReadFile(filepath.Join(found[0], name))
			if err != nil && got == nil {
				continue
			}
			compared++
			if bytes.Equal(got, want) {
				equal++
				continue
			}
			t.Errorf("page %d, %s differs: %s", i, name, firstDifference(got, want))
		}
	}
	t.Logf("%d of %d views equal", equal, compared)
	if compared == 0 {
		t.Skipf("clamscan left no views behind:\n%s", out)
	}
}

func firstDifference(got, want []byte) string {
	n := 0
	for n < len(got) && n < len(want) && got[n] == want[n] {
		n++
	}
	around := func(b []byte) string {
		return strings.ToValidUTF8(string(b[max(0, min(n, len(b))-30):min(len(b), n+30)]), "?")
	}
	return fmt.Sprintf("at %d: got %q, want %q", n, around(got), around(want))
}
