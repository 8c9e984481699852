package sig

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// officialFiles are extracts of the real databases and what clamscan 1.4.6
// counts in them ("Known viruses", measured with -d FILE).
var officialFiles = map[string]int{
	"daily.fp":  483,
	"daily.hsb": 146348,
	"daily.ndb": 258,
	"main.fp":   513,
	"main.hdb":  82211,
	"main.ldb":  38889,
}

func TestOfficialDatabasesLoadWithoutAWarningAndCountAsInClamscan(t *testing.T) {
	for name, want := range officialFiles {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(specPath(t, "bench", "data", name+".gz"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			l := NewLoader(Options{Message: func(_ slog.Level, text string) { said = append(said, text) }}, discard{})
			got, err := l.Load(name, z, Source{})
			if err != nil || len(said) > 0 {
				t.Fatalf("error %v, messages %.300s", err, strings.Join(said, "\n"))
			}
			if got != want {
				t.Errorf("%d signatures, want %d", got, want)
			}
		})
	}
}

// officialBytecode is what clamscan 1.4.6 counts in bytecode.cvd: 48 programs,
// one of them without a trigger.
const officialBytecode = 47

func TestTheOfficialBytecodeContainerCountsAsInClamscan(t *testing.T) {
	f, err := os.Open(specPath(t, "bench", "data", "bytecode.cvd"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const header = 512
	if _, err := f.Seek(header, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	l := NewLoader(Options{Message: func(_ slog.Level, text string) { said = append(said, text) }}, discard{})
	total := 0
	members := tar.NewReader(z)
	for {
		m, err := members.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !Known(m.Name) {
			continue
		}
		n, err := l.Load(m.Name, members, Source{Official: true, InContainer: true})
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	if total != officialBytecode || len(said) > 0 {
		t.Errorf("%d signatures, want %d; messages %q", total, officialBytecode, said)
	}
}

// hashLines is a database of n different lines.
func hashLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%032x:%d:Win.Trojan.Agent-%d\n", i, i+1, i)
	}
	return b.String()
}

func BenchmarkHashLines(b *testing.B) {
	const lines = 100_000
	text := hashLines(lines)
	for _, official := range []bool{true, false} {
		b.Run(fmt.Sprintf("official=%v", official), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				n, err := NewLoader(Options{}, discard{}).Load("a.hdb", strings.NewReader(text), Source{Official: official})
				if n != lines || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

func TestHashLinesCostNoAllocationEach(t *testing.T) {
	const lines = 20_000
	text := hashLines(lines)
	for _, official := range []bool{true, false} {
		allocs := testing.AllocsPerRun(3, func() {
			if n, err := NewLoader(Options{}, discard{}).Load("a.hdb", strings.NewReader(text), Source{Official: official}); n != lines || err != nil {
				t.Fatal(n, err)
			}
		})
		if allocs > lines/100 {
			t.Errorf("official %v: %.0f allocations for %d lines", official, allocs, lines)
		}
	}
}
