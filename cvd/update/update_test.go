package update

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestSequences(t *testing.T) {
	t.Parallel()
	patches := []string{"test-2.cdiff", "test-3.cdiff", "test-4.cdiff", "test-5.cdiff", "test-6.cdiff"}
	for _, c := range []struct {
		name     string
		local    map[string]string
		remote   map[string]string
		setup    func(b *bench)
		requests []string
		code     Code
		have     []string
		says     []string
	}{
		{
			name: "the first download probes and fetches", remote: map[string]string{"test.cvd": "test-1.cvd"},
			requests: []string{"/test.cvd range -> 206", "/test.cvd -> 200"}, have: []string{"test.cvd 1"},
			says: []string{"test database available for download (remote version: 1)", "test.cvd updated (version: 1, sigs: 0, f-level: 81, builder: micasnyd)"},
		},
		{
			name: "an up-to-date database costs one probe", local: map[string]string{"test.cvd": "test-1.cvd"}, remote: map[string]string{"test.cvd": "test-1.cvd"},
			requests: []string{"/test.cvd range ims -> 206"}, have: []string{"test.cvd 1"},
			says: []string{"test.cvd database is up-to-date (version: 1, sigs: 0, f-level: 81, builder: micasnyd)"},
		},
		{
			name: "the server may say so itself", local: map[string]string{"test.cvd": "test-5.cvd"}, remote: map[string]string{"test.cvd": "test-6.cvd"},
			setup:    func(b *bench) { b.m.rules["/test.cvd"] = 304 },
			requests: []string{"/test.cvd range ims -> 304"}, have: []string{"test.cvd 5"}, says: []string{"test.cvd database is up-to-date (version: 5"},
		},
		{
			name: "an older server changes nothing", local: map[string]string{"test.cvd": "test-3.cvd"}, remote: map[string]string{"test.cvd": "test-1.cvd"},
			requests: []string{"/test.cvd range ims -> 206"}, have: []string{"test.cvd 3"}, says: []string{"test.cvd database is up-to-date (version: 3"},
		},
		{
			name: "three behind takes three patches", local: map[string]string{"test.cvd": "test-2.cvd"},
			remote:   with(patches, "test.cvd", "test-5.cvd"),
			requests: []string{"/test.cvd range ims -> 206", "/test-3.cdiff -> 200", "/test-4.cdiff -> 200", "/test-5.cdiff -> 200"},
			have:     []string{"test.cld 5"}, says: []string{"test.cld updated (version: 5, sigs: 13, f-level: 81, builder: micasnyd)"},
		},
		{
			name: "a missing first patch means the whole container", local: map[string]string{"test.cvd": "test-4.cvd"}, remote: map[string]string{"test.cvd": "test-6.cvd"},
			requests: []string{"/test.cvd range ims -> 206", "/test-5.cdiff -> 404", "/test.cvd ims -> 200"},
			have:     []string{"test.cvd 6"}, says: []string{"Incremental update failed, trying to download test.cvd"},
		},
		{
			name: "a missing last patch leaves the version before", local: map[string]string{"test.cvd": "test-4.cvd"},
			remote:   map[string]string{"test.cvd": "test-6.cvd", "test-5.cdiff": "test-5.cdiff"},
			requests: []string{"/test.cvd range ims -> 206", "/test-5.cdiff -> 200", "/test-6.cdiff -> 404"},
			have:     []string{"test.cld 5"}, says: []string{"fewer than the 2 expected patches.", "We'll settle for this partial-update"},
		},
		{
			name: "one behind without its patch waits", local: map[string]string{"test.cvd": "test-5.cvd"}, remote: map[string]string{"test.cvd": "test-6.cvd"},
			requests: []string{"/test.cvd range ims -> 206", "/test-6.cdiff -> 404"},
			have:     []string{"test.cvd 5"}, says: []string{"doesn't have the latest patch for the test database (version 6)"},
		},
		{
			name: "an empty patch means the whole container", local: map[string]string{"test.cvd": "test-5.cvd"}, remote: map[string]string{"test.cvd": "test-6.cvd"},
			setup:    func(b *bench) { b.m.set("test-6.cdiff", nil) },
			requests: []string{"/test.cvd range ims -> 206", "/test-6.cdiff -> 200", "/test.cvd ims -> 200"},
			have:     []string{"test.cvd 6"}, says: []string{"Empty script test-6.cdiff, need to download entire database"},
		},
		{
			name: "a patch of another version does not apply", local: map[string]string{"test.cvd": "test-5.cvd"},
			remote:   map[string]string{"test.cvd": "test-6.cvd", "test-6.cdiff": "test-5.cdiff"},
			requests: []string{"/test.cvd range ims -> 206", "/test-6.cdiff -> 200", "/test.cvd ims -> 200"},
			have:     []string{"test.cvd 6"}, says: []string{"Can't apply patch", "leads to version 5 instead of 6"},
		},
		{
			name: "a .cvd replaces the .cld when patches fail", local: map[string]string{"test.cld": "test-5.cvd"}, remote: map[string]string{"test.cvd": "test-6.cvd"},
			setup:    func(b *bench) { b.m.set("test-6.cdiff", nil) },
			requests: []string{"/test.cvd range ims -> 206", "/test-6.cdiff -> 200", "/test.cvd ims -> 200"},
			have:     []string{"test.cvd 6"},
		},
		{
			name: "private mirrors are asked for .cld first", remote: map[string]string{"test.cvd": "test-6.cvd"},
			setup:    func(b *bench) { b.c.Private = true },
			requests: []string{"/test.cld range -> 404", "/test.cvd range -> 206", "/test.cvd -> 200"}, have: []string{"test.cvd 6"},
		},
		{
			name: "a private mirror's .cld is taken", remote: map[string]string{"test.cld": "test-6.cvd"}, local: map[string]string{"test.cvd": "test-5.cvd"},
			setup:    func(b *bench) { b.c.Private = true },
			requests: []string{"/test.cld range ims -> 206", "/test.cld ims -> 200"}, have: []string{"test.cld 6"},
		},
		{
			name: "scripted updates can be off", local: map[string]string{"test.cvd": "test-5.cvd"}, remote: with(patches, "test.cvd", "test-6.cvd"),
			setup:    func(b *bench) { b.c.NoScripts = true },
			requests: []string{"/test.cvd range ims -> 206", "/test.cvd ims -> 200"}, have: []string{"test.cvd 6"},
		},
		{
			name: "404 is a failure", requests: []string{"/test.cvd range -> 404"}, code: GetFailed,
			says: []string{"WARNING: remote_cvdhead: file not found: URL/test.cvd", "ERROR: Update failed for database: test"},
		},
		{
			name: "each attempt asks again", setup: func(b *bench) { b.c.MaxAttempts = 3; b.m.rules["/test.cvd"] = 500 },
			requests: []string{"/test.cvd range -> 500", "/test.cvd range -> 500", "/test.cvd range -> 500"}, code: GetFailed,
			says: []string{"WARNING: remote_cvdhead: Unexpected response (500) from URL", "ERROR: remote_cvdhead: Unexpected response (500) from URL"},
		},
		{
			name: "an empty file is told", remote: map[string]string{"test.cvd": "test-6.cvd"}, setup: func(b *bench) {
				b.c.Resolver, b.c.DNSName = texts{"d": dnsText("daily", 0, 6), "test.cvd.clamav.net": dnsText("test", 0, 6)}, "d"
				b.m.set("test.cvd", nil)
			},
			requests: []string{"/test.cvd -> 200"}, code: EmptyFile, says: []string{"Unexpected error when attempting to update test: Empty file"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			for name, fix := range c.remote {
				b.serve(name, fix)
			}
			for name, fix := range c.local {
				b.put(name, fix)
			}
			if c.setup != nil {
				c.setup(b)
			}
			_, err := b.run()
			if CodeOf(err) != c.code {
				t.Errorf("code %d (%v), want %d", CodeOf(err), err, c.code)
			}
			if diff := cmp.Diff(c.requests, b.m.requests()); diff != "" {
				t.Errorf("requests (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.have, b.databases()); diff != "" {
				t.Errorf("directory (-want +got)\n%s", diff)
			}
			for _, s := range c.says {
				if !b.logged(s) {
					t.Errorf("no line %q in\n%s", s, strings.Join(b.log, "\n"))
				}
			}
		})
	}
}

// with returns files served under their own names, and one under another.
func with(names []string, name, fix string) map[string]string {
	out := map[string]string{name: fix}
	for _, n := range names {
		out[n] = n
	}
	return out
}

// dnsText makes a version record of the given age in which a database has a
// version; "test" gets the short form that single databases have.
func dnsText(name string, age time.Duration, version int) string {
	at := time.Now().Add(-age).Unix()
	if name == "test" {
		return fmt.Sprintf("%d:%d:1:0", version, at)
	}
	f := []string{"1.4.6", "62", "27000", fmt.Sprint(at), "0", "90", "49192", "339"}
	f[map[string]int{"main": 1, "daily": 2, "bytecode": 7}[name]] = fmt.Sprint(version)
	return strings.Join(f, ":")
}

func TestDNSIsAHint(t *testing.T) {
	t.Parallel()
	const current = "current.test"
	for _, c := range []struct {
		name     string
		records  texts
		local    string
		requests []string
		says     string
		have     []string
	}{
		{
			name: "the advertised version needs no probe", records: texts{current: dnsText("daily", 0, 6)},
			requests: []string{"/daily.cvd -> 200"}, have: []string{"daily.cvd 6"}, says: "daily database available for download (remote version: 6)",
		},
		{
			name: "nothing new means no request at all", records: texts{current: dnsText("daily", 0, 6)}, local: "test-6.cvd",
			says: "daily.cvd database is up-to-date (version: 6", have: []string{"daily.cvd 6"},
		},
		{
			name: "an old record is not used", records: texts{current: dnsText("daily", 13*time.Hour, 9)}, local: "test-6.cvd",
			requests: []string{"/daily.cvd range ims -> 206"}, says: "DNS record is older than 12 hours.", have: []string{"daily.cvd 6"},
		},
		{
			name: "no answer means HTTP", local: "test-6.cvd", requests: []string{"/daily.cvd range ims -> 206"},
			says: "Invalid DNS reply. Falling back to HTTP mode.", have: []string{"daily.cvd 6"},
		},
		{
			name: "a record without time is useless", records: texts{current: "1.4.6:1:2"}, local: "test-6.cvd",
			requests: []string{"/daily.cvd range ims -> 206"}, says: "Failed to find Record Time field", have: []string{"daily.cvd 6"},
		},
		{
			name: "a version that is no number means another query, then HTTP", records: texts{current: strings.Replace(dnsText("daily", 0, 6), ":6:", ":x:", 1)}, local: "test-6.cvd",
			requests: []string{"/daily.cvd range ims -> 206"}, says: "Broken database version in TXT record. Falling back to HTTP mode.", have: []string{"daily.cvd 6"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.c.Databases, b.c.DNSName = []string{"daily"}, current
			if c.records != nil {
				b.c.Resolver = c.records
			}
			b.serve("daily.cvd", "test-6.cvd")
			if c.local != "" {
				b.put("daily.cvd", c.local)
			}
			if _, err := b.run(); err != nil {
				// The fixture's list is named test.info, which only patches mind.
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.requests, b.m.requests()); diff != "" {
				t.Errorf("requests (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.have, b.databases()); diff != "" {
				t.Errorf("directory (-want +got)\n%s", diff)
			}
			if !b.logged(c.says) {
				t.Errorf("no line %q in\n%s", c.says, strings.Join(b.log, "\n"))
			}
		})
	}
}

func TestAnOlderContainerThanAdvertisedIsPatchedFurther(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve("test.cvd", "test-5.cvd")
	b.serve("test-6.cdiff", "test-6.cdiff")
	b.c.DNSName = "d"
	b.c.Resolver = texts{"d": dnsText("daily", 0, 1), "test.cvd.clamav.net": dnsText("test", 0, 6)}
	if _, err := b.run(); err != nil {
		t.Fatal(err)
	}
	want := []string{"/test.cvd -> 200", "/test-6.cdiff -> 200"}
	if diff := cmp.Diff(want, b.m.requests()); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"test.cld 6"}, b.databases()); diff != "" {
		t.Error(diff)
	}
}
