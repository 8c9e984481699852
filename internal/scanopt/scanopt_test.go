package scanopt

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gclam/engine"
	"gclam/internal/config"
)

func conf(t *testing.T, text string) *config.Values {
	t.Helper()
	v, _, err := config.FileParser{Program: config.Clamd}.Parse(strings.NewReader(text), "f")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func args(t *testing.T, argv ...string) *config.Values {
	t.Helper()
	v, _, err := config.ParseArgs(config.Clamscan, "P", argv)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDefaultsEqualTheEnginesDefaults(t *testing.T) {
	t.Parallel()
	for _, v := range []*config.Values{conf(t, ""), args(t), nil} {
		got, err := Scan(v)
		if err != nil {
			t.Fatal(err)
		}
		want := engine.Options{}
		want.Limits = engine.Limits{
			ScanSize: 400 << 20, FileSize: 100 << 20, Depth: 17, Files: 10000, EmbeddedPE: 40 << 20, HTMLNormalize: 40 << 20,
			HTMLNoTags: 8 << 20, ScriptNormalize: 20 << 20, ZipTypeRecognition: 1 << 20, Partitions: 50, IconsPE: 100,
			RecursionHWP3: 16, PCREMatch: 100000, PCRERecursion: 2000, PCREFileSize: 100 << 20,
		}
		want.Heuristics.StructuredCCCount, want.Heuristics.StructuredSSNCount = 3, 3
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	got, err := Scan(conf(t, "MaxScanTime 0\nMaxFiles 0\nMaxFileSize 0\nMaxRecursion 500\nMaxPartitions 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := got.Limits
	if l.Time != -1 || l.Files != -1 || l.FileSize != -1 || l.Depth != MaxDepth || l.Partitions != 0 {
		t.Errorf("got %+v", l)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	got, _ = Scan(args(t, "--max-scantime=1500"))
	if got.Limits.Time != 1500*time.Millisecond {
		t.Errorf("got %v", got.Limits.Time)
	}
}

func TestOldAlertNamesWork(t *testing.T) {
	t.Parallel()
	got, _ := Scan(args(t, "--block-encrypted", "--algorithmic-detection=no", "--block-macros"))
	h := got.Heuristics
	if !h.EncryptedArchive || !h.EncryptedDoc || !h.Off || !h.Macros {
		t.Errorf("got %+v", h)
	}
}

func TestSSNFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		arg             string
		off, strip, bad bool
	}{{"0", false, false, false}, {"1", true, true, false}, {"2", false, true, false}, {"3", false, false, true}} {
		got, err := Scan(args(t, "--detect-structured", "--structured-ssn-format="+tt.arg))
		if h := got.Heuristics; h.SSNNormalOff != tt.off || h.SSNStripped != tt.strip || errors.Is(err, ErrSSNFormat) != tt.bad {
			t.Errorf("format %s: %+v, %v", tt.arg, h, err)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	if _, err := Load(args(t, "--detect-pua", "--exclude-pua=A", "--include-pua=B")); !errors.Is(err, ErrPUA) {
		t.Errorf("got %v", err)
	}
	o, err := Load(args(t, "--fail-if-cvd-older-than=2", "--bytecode=no", "--cache-dir=/c", "--nocerts"))
	if err != nil {
		t.Fatal(err)
	}
	if o.MaxAge != 48*time.Hour || !o.Bytecode.Disabled || o.Cache != "/c" || !o.NoCertCheck {
		t.Errorf("got %+v", o)
	}
}

func TestCheckAgeLooksAtTheNewestContainer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	old, fresh := engine.DatabaseInfo{BuildTime: now.Add(-9 * day)}, engine.DatabaseInfo{BuildTime: now.Add(-day)}
	tests := []struct {
		name  string
		dbs   []engine.DatabaseInfo
		limit time.Duration
		bad   bool
	}{
		{"no limit", nil, 0, false},
		{"one fresh database is enough", []engine.DatabaseInfo{old, fresh, {}}, 2 * day, false},
		{"all old", []engine.DatabaseInfo{old}, 2 * day, true},
		{"only loose files", []engine.DatabaseInfo{{}}, 2 * day, true},
	}
	for _, tt := range tests {
		if err := CheckAge(tt.dbs, tt.limit, now); errors.Is(err, engine.ErrTooOld) != tt.bad {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
