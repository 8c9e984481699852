package sig

import (
	"compress/gzip"
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
