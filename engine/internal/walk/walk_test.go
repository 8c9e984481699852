package walk

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/sig"
)

// database compiles text databases, by file name.
func database(t testing.TB, files ...string) *db.DB {
	t.Helper()
	b := db.NewBuilder()
	l := sig.NewLoader(sig.Options{}, b)
	for i := 0; i < len(files); i += 2 {
		b.BeginSource(db.Source{Name: files[i]})
		n, err := l.Load(files[i], strings.NewReader(files[i+1]), sig.Source{})
		if err != nil {
			t.Fatal(err)
		}
		b.EndSource(n, nil)
	}
	if err := sig.BuiltinMagic(b); err != nil {
		t.Fatal(err)
	}
	image, err := b.Finish("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(image)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const marker = "W.Marker:0:*:6d61726b6572\n" // "marker"

func scanWith(t *testing.T, w *Walker, data []byte, lim limit.Limits, opt Options) Result {
	t.Helper()
	res, _, err := w.Scan(context.Background(), input.Bytes(data), "top", lim, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func names(r Result) string {
	var s []string
	for _, a := range r.Alerts {
		s = append(s, strings.TrimSuffix(a.Name, ".UNOFFICIAL"))
	}
	return strings.Join(s, " ")
}

func hasFact(r Result, what string) bool {
	for _, f := range r.Facts {
		if f.What == what {
			return true
		}
	}
	return false
}

func gz(t *testing.T, data []byte, times int) []byte {
	t.Helper()
	for range times {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data = b.Bytes()
	}
	return data
}

var unlimited = limit.Limits{Depth: 17}

func TestAPanicInAParserCostsThatObjectOnly(t *testing.T) {
	w := New(database(t, "a.ndb", marker))
	w.unpackers[cltype.RAR] = format.Func(func(context.Context, input.View, *limit.Budget, format.Sink) error {
		panic("broken parser")
	})
	w.unpackers[cltype.ARJ] = format.Func(func(_ context.Context, in input.View, _ *limit.Budget, out format.Sink) error {
		for _, c := range []string{"Rar!" + "....with the marker inside", "another child, harmless"} {
			if err := out.Child(format.Meta{Name: "c"}, strings.NewReader(c)); err != nil {
				return err
			}
		}
		return nil
	})
	res := scanWith(t, w, []byte("\x60\xea and some more bytes"), unlimited, Options{AllMatches: true})
	if !hasFact(res, "panic") {
		t.Errorf("the panic is not reported: %v", res.Facts)
	}
	if names(res) != "W.Marker" {
		t.Errorf("alerts %q: the object's own bytes were not matched", names(res))
	}
}

func TestLimitsAreReportedAndCount(t *testing.T) {
	w := New(database(t, "a.ndb", marker))
	payload := []byte("some text with a marker in it")
	for name, c := range map[string]struct {
		data  []byte
		lim   limit.Limits
		alert string
		hit   limit.Kind
	}{
		"16 levels below the top are opened":     {gz(t, payload, 16), limit.Limits{Depth: 17}, "W.Marker", limit.None},
		"the 17th is not":                        {gz(t, payload, 17), limit.Limits{Depth: 17}, "Heuristics.Limits.Exceeded.MaxRecursion", limit.Recursion},
		"an object may be as large as the limit": {payload, limit.Limits{Depth: 17, FileSize: int64(len(payload))}, "W.Marker", limit.None},
		"but not larger":                         {payload, limit.Limits{Depth: 17, FileSize: int64(len(payload)) - 1}, "Heuristics.Limits.Exceeded.MaxFileSize", limit.FileSize},
		"objects are counted with the top":       {gz(t, payload, 2), limit.Limits{Depth: 17, Files: 3}, "W.Marker", limit.None},
		"and end at the limit":                   {gz(t, payload, 2), limit.Limits{Depth: 17, Files: 2}, "Heuristics.Limits.Exceeded.MaxFiles", limit.Files},
		"time is over before it begins":          {payload, limit.Limits{Depth: 17, Time: time.Nanosecond}, "Heuristics.Limits.Exceeded.MaxScanTime", limit.Time},
	} {
		res := scanWith(t, w, c.data, c.lim, Options{Heuristics: Heuristics{ExceedsMax: true}})
		if names(res) != c.alert {
			t.Errorf("%s: %q, want %q", name, names(res), c.alert)
		}
		if c.hit != limit.None && (len(res.Limits) == 0 || res.Limits[0].Kind != c.hit) {
			t.Errorf("%s: limits %v, want %v", name, res.Limits, c.hit)
		}
		if c.hit == limit.None && len(res.Limits) > 0 {
			t.Errorf("%s: unexpected limits %v", name, res.Limits)
		}
	}
}

func TestStrongNamesPrevailOverWeakOnes(t *testing.T) {
	weak := "PUA.W.Weak:0:*:7765616b\nPUA.W.Second:0:*:7365636f6e64\n"
	w := New(database(t, "a.ndb", weak+marker))
	text := []byte("weak things, second things, and a marker")
	for name, c := range map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"a strong match ends the scan":      {text, Options{}, "W.Marker"},
		"weak ones alone give the last":     {text[:28], Options{}, "PUA.W.Second"},
		"all-match lists strong ones first": {text, Options{AllMatches: true}, "W.Marker W.Marker PUA.W.Weak PUA.W.Second"},
		"with precedence the first counts":  {text, Options{Heuristics: Heuristics{Precedence: true}}, "PUA.W.Weak"},
	} {
		if got := names(scanWith(t, w, c.data, unlimited, c.opt)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestACancelledScanSaysSo(t *testing.T) {
	w := New(database(t, "a.ndb", marker))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := w.Scan(ctx, input.Bytes([]byte("a marker here")), "", unlimited, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// shrinking is a file that became shorter than it was said to be.
type shrinking struct{}

func (shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off >= 10 {
		return 0, io.EOF
	}
	return copy(p, "0123456789"[off:]), io.EOF
}

func TestAFileThatShrinksIsNotCalledClean(t *testing.T) {
	w := New(database(t, "a.ndb", marker))
	if _, _, err := w.Scan(context.Background(), input.ReaderAt(shrinking{}, 100), "", unlimited, Options{}); err == nil {
		t.Error("no error for a file that ends early")
	}
}

// FuzzScan throws bytes at the whole engine with small limits.
func FuzzScan(f *testing.F) {
	w := New(database(f, "a.ndb", marker+"W.PE:1:EP+0:90909090\nW.Html:3:*:6d61726b\n", "b.ldb", "W.L;Engine:51-255,Target:0;0>1|1=0;6162;0/a+b/i\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("MZ\x90\x00"))
	f.Add([]byte("From: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nmarker\n"))
	f.Add([]byte("<html><a href=x>marker</a>"))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj"))
	f.Fuzz(func(t *testing.T, b []byte) {
		lim := limit.Limits{Depth: 6, Files: 200, FileSize: 1 << 20, ScanSize: 4 << 20, Memory: 16 << 20, Time: 5 * time.Second, PCRESteps: 1000}
		res, _, err := w.Scan(context.Background(), input.Bytes(b), "f", lim, Options{AllMatches: true, Heuristics: Heuristics{BrokenExecutables: true, EncryptedArchive: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range res.Facts {
			if x.What == "panic" {
				t.Fatalf("contained panic: %s", x.Detail)
			}
		}
	})
}
