package update

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gclam/cvd"
)

func TestAMirrorCannotTakeUsBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.put("test.cvd", "test-5.cvd")
	b.serve("test.cvd", "test-3.cvd")
	b.c.NoScripts, b.c.DNSName = true, "d"
	b.c.Resolver = texts{"d": dnsText("daily", 0, 1), "test.cvd.clamav.net": dnsText("test", 0, 6)}
	if _, err := b.run(); CodeOf(err) != NotInSync {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"test.cvd 5"}, b.databases()); diff != "" {
		t.Error(diff)
	}
}

func TestAlteredContainersAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		alter func(b []byte) []byte
		says  string
	}{
		{"a bit of the body", func(b []byte) []byte { b[3000] ^= 1; return b }, "ERROR: Verification: Can't verify database integrity"},
		{"the end is missing", func(b []byte) []byte { return b[:len(b)-100] }, "ERROR: Verification: Can't verify database integrity"},
		{"a higher version in the header", func(b []byte) []byte { return []byte(strings.Replace(string(b), ":6:14:81:", ":9:14:81:", 1)) }, "ERROR: Verification: Malformed database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.put("test.cvd", "test-1.cvd")
			b.c.NoScripts = true
			b.m.set("test.cvd", c.alter(fixture(t, "test-6.cvd")))
			if _, err := b.run(); CodeOf(err) != BadCVD {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff([]string{"test.cvd 1"}, b.databases()); diff != "" {
				t.Error(diff)
			}
			if !b.logged(c.says) {
				t.Errorf("no line %q in\n%s", c.says, strings.Join(b.log, "\n"))
			}
		})
	}
}

func TestADatabaseThatDoesNotLoadIsNotInstalled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve("test.cvd", "test-6.cvd")
	b.put("test.cvd", "test-1.cvd")
	b.c.NoScripts = true
	b.c.Test = func(context.Context, string) error { return &TestError{"first", "last"} }
	_, err := b.run()
	if CodeOf(err) != TestFailed || !b.logged("WARNING: Stderr output from database load : first [...] last") {
		t.Errorf("got %v, %q", err, b.log)
	}
	if diff := cmp.Diff([]string{"test.cvd 1"}, b.databases()); diff != "" {
		t.Error(diff)
	}
}

func TestCoolDownIsKeptAcrossRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		path   string
		code   Code
		pause  time.Duration
	}{
		{"403 of the probe", 403, nil, "/test.cvd range", GetFailed, 24 * time.Hour},
		{"403 of the file", 403, nil, "/test.cvd", Forbidden, 24 * time.Hour},
		{"429 of the file", 429, map[string]string{"Retry-After": "60"}, "/test.cvd", OK, time.Minute},
		{"429 without a time", 429, nil, "/test.cvd", OK, 4 * time.Hour},
		{"429 for a year", 429, map[string]string{"Retry-After": "31536000"}, "/test.cvd", OK, 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			now := time.Unix(1_800_000_000, 0)
			b.c.Now = func() time.Time { return now }
			b.serve("test.cvd", "test-1.cvd")
			b.c.DNSName = "d"
			if !strings.HasSuffix(c.path, "range") {
				b.c.Resolver = texts{"d": "1:1:1:1800000000:0:1:1:1", "test.cvd.clamav.net": "1:1800000000"}
			}
			b.m.rules[c.path], b.m.header[c.path] = c.status, c.header
			rep, err := b.run()
			if CodeOf(err) != c.code || !rep.CoolDown {
				t.Errorf("got %v, %+v", err, rep)
			}
			b.m.requests()
			now = now.Add(c.pause - time.Second)
			rep, err = b.run()
			if r := b.m.requests(); err != nil || !rep.CoolDown || len(r) > 0 {
				t.Errorf("during cool-down: %v, %q", err, r)
			}
			clear(b.m.rules)
			now = now.Add(2 * time.Second)
			if _, err = b.run(); err != nil || !b.logged("Cool-down expired, ok to try again.") || len(b.m.requests()) == 0 {
				t.Errorf("after cool-down: %v, %q", err, b.log)
			}
		})
	}
}

func TestOtherDatabasesAreTriedAfterAFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.c.Databases = []string{"daily", "test"}
	b.serve("test.cvd", "test-6.cvd")
	rep, err := b.run()
	if CodeOf(err) != GetFailed || !slices.Equal(rep.Updated, []string{"test.cvd"}) {
		t.Errorf("got %v, %v", err, rep.Updated)
	}
}

func TestPruningKeepsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve("test.cvd", "test-6.cvd")
	for _, n := range []string{"main.cvd", "old.cld", "test.cvd", "test-2.cvd", "mine.cvd"} {
		b.put(n, "test-6.cvd")
	}
	if err := os.WriteFile(filepath.Join(b.c.Dir, "x.ndb"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	b.c.Prune, b.c.CustomURLs = true, []string{"file:///nowhere/mine.cvd"}
	_, _ = b.run()
	if diff := cmp.Diff([]string{"mine.cvd 6", "test.cvd 6", "x.ndb"}, b.databases()); diff != "" {
		t.Error(diff)
	}
}

func TestTwoRunsDoNotCollide(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	unlock, err := lock(b.c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.run(); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	unlock()
	if _, err := b.run(); errors.Is(err, ErrLocked) {
		t.Errorf("still locked: %v", err)
	}
}

func TestADamagedLocalDatabaseIsReplaced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	bad := fixture(t, "test-5.cvd")
	bad[3000] ^= 1
	if err := os.WriteFile(filepath.Join(b.c.Dir, "test.cvd"), bad, 0o644); err != nil {
		t.Fatal(err)
	}
	b.serve("test.cvd", "test-6.cvd")
	b.serve("test-6.cdiff", "test-6.cdiff")
	if _, err := b.run(); err != nil {
		t.Fatal(err)
	}
	want := []string{"/test.cvd range ims -> 206", "/test.cvd -> 200"}
	if diff := cmp.Diff(want, b.m.requests()); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"test.cvd 6"}, b.databases()); diff != "" {
		t.Error(diff)
	}
}

func TestDetachedSignaturesAreFetchedAndKept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	roots := t.TempDir()
	if err := os.WriteFile(filepath.Join(roots, "root.crt"), fixture(t, "clamav-test.crt"), 0o644); err != nil {
		t.Fatal(err)
	}
	trust, err := cvd.OpenTrust(roots)
	if err != nil {
		t.Fatal(err)
	}
	b.c.Trust, b.c.FIPS = trust, true
	b.serve("test.cvd", "test-5.cvd")
	b.serve("test-5.cvd.sign", "test-5.cvd.sign")
	if _, err := b.run(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"test-5.cvd.sign", "test.cvd 5"}, b.databases()); diff != "" {
		t.Error(diff)
	}
	b.serve("test.cvd", "test-6.cvd")
	b.serve("test-6.cdiff", "test-6.cdiff")
	b.m.requests()
	if _, err := b.run(); err != nil {
		t.Fatal(err)
	}
	want := []string{"/test.cvd range ims -> 206", "/test-6.cdiff -> 200", "/test-6.cdiff.sign -> 404"}
	if diff := cmp.Diff(want, b.m.requests()); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"test.cld 6"}, b.databases()); diff != "" {
		t.Error(diff)
	}
}
