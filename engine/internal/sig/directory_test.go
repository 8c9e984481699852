package sig

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestTheExtensionDecidesInAnyCase(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a.hdb": true, "A.HDB": true, ".hdb": true, "x.hdb.ndb": true, "daily.cvd": true, "a.yara": true, "a.cat": true,
		"hdb": false, "a.hdb.txt": false, "COPYING": false, "a.ldbu": false, "": false, "a.": false,
	} {
		if got := Known(name); got != want {
			t.Errorf("Known(%q) = %v", name, got)
		}
	}
}

func TestADirectoryIsLoadedInSevenClasses(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for _, n := range []string{
		"a.ndb", "daily.cfg", "x.crb", "daily.cvd", "daily.cld", "local.gdb", "z.ign2", "main.cvd", "README", "daily.info", "sub/b.ndb", "Daily.cvd",
	} {
		files["db/"+n] = &fstest.MapFile{}
	}
	newer := func(cvd, cld string) bool { return true }
	tests := []struct {
		name     string
		official bool
		newer    func(cvd, cld string) bool
		want     []string
	}{
		{"all, the newer daily only", false, newer, []string{"z.ign2", "daily.cvd", "local.gdb", "daily.cfg", "x.crb", "Daily.cvd", "a.ndb", "main.cvd"}},
		{"the cld when it is not older", false, func(string, string) bool { return false }, []string{"z.ign2", "daily.cld", "local.gdb", "daily.cfg", "x.crb", "Daily.cvd", "a.ndb", "main.cvd"}},
		{"signed ones and the early classes", true, nil, []string{"z.ign2", "daily.cld", "daily.cvd", "local.gdb", "daily.cfg", "Daily.cvd", "main.cvd"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ListDirectory(files, "db", tt.official, tt.newer)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestADirectoryWithoutDatabasesIsAnError(t *testing.T) {
	t.Parallel()
	_, err := ListDirectory(fstest.MapFS{"db/README": {}}, "db", false, nil)
	var none *ErrNoDatabase
	if !errors.As(err, &none) || err.Error() != "cli_loaddbdir: No supported database files found in db" {
		t.Errorf("error %v", err)
	}
}

func TestLinesAreCutAsFgetsWould(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"line ends of all kinds", "a\r\nb\r\r\nc\n\nd", []string{"a", "b", "c", "", "d"}},
		{"a carriage return inside is data", "a\rb\n", []string{"a\rb"}},
		{"a NUL ends the text, then the line end is cut", "a\r\x00b\nc\n", []string{"a", "c"}},
		{"a line one byte too long is split", strings.Repeat("x", 8191) + "\ny\n", []string{strings.Repeat("x", 8191), "", "y"}},
		{"a line that fits is not", strings.Repeat("x", 8190) + "\ny\n", []string{strings.Repeat("x", 8190), "y"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLineReader(strings.NewReader(tt.text), lineSize, false)
			var got []string
			for {
				s, err := l.next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMembersOfContainersEndAtADamagedLine(t *testing.T) {
	t.Parallel()
	const good = "A:0:*:61626364\n"
	long := func(n int) string { return "#" + strings.Repeat("x", n-1) + "\n" }
	tests := []struct {
		name, text string
		want       int
		chain      []string // nil: accepted
	}{
		{"a line that just fits", long(8191) + good, 1, nil},
		{"a long first line leaves an empty file", long(8192) + good, 0, []string{
			"cli_dbgets: Line too long for provided buffer", "Empty database file", "Can't load a.ndb: Malformed database",
		}},
		{"a long later line ends the member", good + long(9000) + good, 1, nil},
		{"a last line without an end is lost", good + "B:0:*:61626364", 1, nil},
		{"a line of no end in sight is refused", good + long(40000) + good, 0, []string{
			"cli_dbgets: Invalid data or internal buffer too small", "cli_tgzload: File a.ndb not correctly loaded",
			"Can't load a.ndb: Malformed database",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			src := Source{Path: "/db/x.cud:a.ndb", InContainer: true}
			got, err := NewLoader(Options{}, discard{}).Load("a.ndb", strings.NewReader(tt.text), src)
			var le *LineError
			var chain []string
			if errors.As(err, &le) {
				chain = le.Chain
			}
			if diff := cmp.Diff(tt.chain, chain); diff != "" || got != tt.want {
				t.Errorf("%d signatures, want %d; %s", got, tt.want, diff)
			}
		})
	}
}
