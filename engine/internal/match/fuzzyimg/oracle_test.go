package fuzzyimg

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// oracleImages bounds the comparison with an installed sigtool.
const oracleImages = 60

var hashLine = regexp.MustCompile(`(?m)\b([0-9a-f]{16})\b`)

// TestHashesEqualClamAV compares hashes of images found on this machine with
// those that an installed sigtool computes.
func TestHashesEqualClamAV(t *testing.T) {
	if testing.Short() {
		t.Skip("runs sigtool")
	}
	sigtool, err := exec.LookPath("sigtool")
	if err != nil {
		t.Skip("sigtool is not installed")
	}
	files := foundImages()
	if list := os.Getenv("IMAGES"); list != "" {
		b, _ := os.ReadFile(list)
		files = strings.Fields(string(b))
	}
	compared, equal := 0, 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil || len(b) > 4<<20 {
			continue
		}
		out, _ := exec.Command(sigtool, "--fuzzy-img", f).CombinedOutput()
		want := hashLine.FindSubmatch(bytes.TrimPrefix(out, []byte(f)))
		got, err := Compute(b)
		switch {
		case want == nil && err != nil:
			continue
		case want == nil || err != nil:
			t.Logf("%s: oracle %.80q, here %v %v", f, out, got, err)
			continue
		}
		compared++
		if hex.EncodeToString(got[:]) == string(want[1]) {
			equal++
		} else {
			t.Logf("%s: got %x, want %s", f, got, want[1])
		}
	}
	t.Logf("%d of %d hashes equal", equal, compared)
	if compared > 0 && equal*100 < compared*85 {
		t.Errorf("only %d of %d hashes equal", equal, compared)
	}
}

func foundImages() []string {
	var out []string
	for _, pattern := range []string{"/usr/local/go/src/image/testdata/*.*", "/usr/local/go/src/image/png/testdata/pngsuite/*.png", "/usr/share/doc/*/*.png", "/usr/share/doc/*/*/*.png"} {
		found, _ := filepath.Glob(pattern)
		out = append(out, found...)
	}
	return out[:min(len(out), oracleImages)]
}
