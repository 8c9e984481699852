package cvd

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shared returns a file of the conformance data that lies beside the repository,
// and skips the test where there is none.
func shared(t testing.TB, elem ...string) []byte {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "shared"}, elem...)...)
	b, err := os.ReadFile(p)
	if err != nil {
		t.Skipf("conformance data not available: %v", err)
	}
	return b
}

func fixture(t testing.TB, name string) []byte {
	return shared(t, "spec", "cases", "fixtures", name)
}

// readAll collects the members of a container as "NAME SIZE SHA256".
func readAll(b []byte, kind Kind, o ReadOptions) (Header, []string, error) {
	var got []string
	h, err := Read(bytes.NewReader(b), int64(len(b)), kind, o, func(m Member, r io.Reader) error {
		data, err := io.ReadAll(r)
		got = append(got, fmt.Sprintf("%s %d %x", m.Name, m.Size, sha256.Sum256(data)))
		return err
	})
	return h, got, err
}

func TestTheVendorsContainersAreAcceptedWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file          string
		version, sigs int
		members       int
		created       int64
	}{
		{"test-1.cvd", 1, 0, 2, 1624388302},
		{"test-2.cvd", 2, 0, 2, 1624395301},
		{"test-3.cvd", 3, 11, 18, 1624408809},
		{"test-6.cvd", 6, 14, 18, 1624412045},
	} {
		t.Run(c.file, func(t *testing.T) {
			h, got, err := readAll(fixture(t, c.file), CVD, ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if h.Version != c.version || h.Signatures != c.sigs || h.Level != 81 || !h.Created.Equal(time.Unix(c.created, 0)) {
				t.Errorf("header %+v", h)
			}
			if len(got) != c.members {
				t.Errorf("%d members, want %d: %s", len(got), c.members, strings.Join(got, "\n"))
			}
		})
	}
}

func TestABytecodeContainerOf2015IsAccepted(t *testing.T) {
	t.Parallel()
	h, got, err := readAll(shared(t, "bench", "data", "bytecode.cvd"), CVD, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if h.Version != 268 || h.Builder != "anvilleg" || len(got) != 49 {
		t.Errorf("%+v with %d members", h, len(got))
	}
}

func TestConfigurationIsHandedOverFirst(t *testing.T) {
	t.Parallel()
	_, got, err := readAll(fixture(t, "test-6.cvd"), CVD, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seenOther := false
	for _, m := range got {
		name, _, _ := strings.Cut(m, " ")
		if early(name) && seenOther {
			t.Errorf("%s came after an ordinary member", name)
		}
		seenOther = seenOther || !early(name)
	}
}

func TestAnErrorOfTheCallbackEndsReading(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	b := fixture(t, "test-6.cvd")
	calls := 0
	_, err := Read(bytes.NewReader(b), int64(len(b)), CVD, ReadOptions{}, func(Member, io.Reader) error {
		calls++
		return stop
	})
	if err != stop || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}
