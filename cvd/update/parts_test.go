package update

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCustomDatabases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		url  string // "URL" is the server, "DIR" a local directory
		file string // contents of DIR/local.ndb and URL/remote.ndb
		test error
		have []string
		code Code
		says string
	}{
		{"by HTTP", "URL/remote.ndb", "# c\nA:0:*:aa\nB:0:*:bb\n", nil, []string{"remote.ndb"}, OK, "remote.ndb updated (version: custom database, sigs: 2)"},
		{"from a file", "file://DIR/local.ndb", "A:0:*:aa\n", nil, []string{"local.ndb"}, OK, "Downloading local.ndb [100%]"},
		{"missing on the server", "URL/nope.ndb", "", nil, nil, GetFailed, "Update failed for custom database URL: URL/nope.ndb"},
		{"a missing file", "file:///nonexistent/x.ndb", "", nil, nil, UpdateFailed, "DatabaseCustomURL: file /nonexistent/x.ndb missing"},
		{"a name that is too short", "URL/x", "", nil, nil, UpdateFailed, "DatabaseCustomURL: Incorrect URL"},
		{"a name that leads elsewhere", "URL/..%2f..%2fevil.ndb", "", nil, nil, GetFailed, "Can't download evil.ndb"},
		{"a name of ours", "URL/freshclam.dat", "", nil, nil, UpdateFailed, "DatabaseCustomURL: Incorrect URL"},
		{"one that does not load", "URL/remote.ndb", "bad\n", &TestError{"a", "b"}, nil, TestFailed, "Unexpected error when attempting to update from custom database URL"},
		{"a container that is none", "URL/remote.cvd", "", nil, nil, BadCVD, "Verification: Broken or not a CVD file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "local.ndb"), []byte(c.file), 0o644); err != nil {
				t.Fatal(err)
			}
			b.m.set("remote.ndb", []byte(c.file))
			b.m.set("remote.cvd", []byte("this is no container"))
			b.c.Databases = nil
			b.c.CustomURLs = []string{strings.NewReplacer("URL", b.m.URL, "DIR", dir).Replace(c.url)}
			if c.test != nil {
				b.c.Test = func(context.Context, string) error { return c.test }
			}
			_, err := b.run()
			if CodeOf(err) != c.code {
				t.Errorf("code %d (%v), want %d", CodeOf(err), err, c.code)
			}
			if got := b.databases(); !slices.Equal(got, c.have) {
				t.Errorf("directory %q, want %q", got, c.have)
			}
			if !b.logged(c.says) {
				t.Errorf("no line %q in\n%s", c.says, strings.Join(b.log, "\n"))
			}
		})
	}
}

func TestACustomDatabaseThatIsOldIsNotFetchedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.c.Databases = nil
	b.c.CustomURLs = []string{b.m.URL + "/some.ndb"}
	b.m.modified = time.Unix(1_700_000_000, 0)
	b.m.set("some.ndb", []byte("A:0:*:aa\n"))
	for i, want := range []string{"/some.ndb -> 200", "/some.ndb ims -> 304"} {
		rep, err := b.run()
		if got := b.m.requests(); err != nil || !slices.Equal(got, []string{want}) || len(rep.Updated) != 1-i {
			t.Errorf("run %d: %v, %q, %v", i, err, got, rep.Updated)
		}
	}
	if !b.logged("some.ndb is up-to-date (version: custom database)") {
		t.Errorf("%q", b.log)
	}
}

func TestRequestsLookLikeFreshclams(t *testing.T) {
	t.Parallel()
	var got http.Header
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		got.Set("Proto", r.Proto)
		if r.Close {
			got.Set("Connection", "close")
		}
	}))
	defer s.Close()
	c, err := newClient(&Config{UserAgent: agentText("1.4.6", "u-u-i-d"), ConnectTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2021, 6, 22, 21, 34, 5, 0, time.UTC)
	if _, err := c.get(context.Background(), request{url: s.URL, probe: true, since: since, limit: 512}, &bytes.Buffer{}, nil); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{
		"Proto": "HTTP/1.1", "Range": "bytes=0-511", "If-Modified-Since": "Tue, 22 Jun 2021 21:34:05 GMT", "Accept": "*/*", "Connection": "close",
		"User-Agent": "ClamAV/1.4.6 (" + Platform() + ", UUID: u-u-i-d)", "Accept-Encoding": "",
	} {
		if got.Get(k) != want {
			t.Errorf("%s: %q, want %q", k, got.Get(k), want)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	var plain, secure *httptest.Server
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n := 0; {
		case r.URL.Path == "/down":
			http.Redirect(w, r, plain.URL+"/0", http.StatusFound)
		case r.URL.Path == "/0":
			_, _ = w.Write([]byte(r.Header.Get("Range")))
		default:
			_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
		}
	})
	plain, secure = httptest.NewServer(h), httptest.NewTLSServer(h)
	defer plain.Close()
	defer secure.Close()
	c, err := newClient(&Config{ConnectTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c.hc.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
	for _, tt := range []struct {
		name, url string
		want      error
	}{
		{"three are followed, with the range", plain.URL + "/3", nil},
		{"four are not", plain.URL + "/4", errRedirects},
		{"https stays https", secure.URL + "/2", nil},
		{"never from https to http", secure.URL + "/down", errInsecure},
	} {
		var b bytes.Buffer
		_, err := c.get(context.Background(), request{url: tt.url, probe: true, limit: 512}, &b, nil)
		if !errors.Is(err, tt.want) || tt.want == nil && b.String() != "bytes=0-511" {
			t.Errorf("%s: %v, %q", tt.name, err, &b)
		}
	}
}

func TestAServerThatSendsTooMuchIsCutOff(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/honest" {
			w.Header().Set("Content-Length", "1000000")
		}
		for range 1000 {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	c, err := newClient(&Config{ConnectTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/honest", "/silent"} {
		var b bytes.Buffer
		_, err := c.get(context.Background(), request{url: s.URL + path, limit: 5000}, &b, nil)
		if !errors.Is(err, errTooBig) || b.Len() > 5001 {
			t.Errorf("%s: %v after %d bytes", path, err, b.Len())
		}
	}
}

func TestASilentServerIsLeft(t *testing.T) {
	t.Parallel()
	quit := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-quit }))
	defer s.Close()
	defer close(quit)
	c, err := newClient(&Config{ConnectTimeout: time.Second, ReceiveTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.get(context.Background(), request{url: s.URL, limit: 1}, &bytes.Buffer{}, nil)
	if n, text := curlText(err); n != 28 || text != "Timeout was reached" {
		t.Errorf("%v: %d %s", err, n, text)
	}
}

func TestFailedTransfersHaveLibcurlsNumbers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	_ = l.Close()
	c, err := newClient(&Config{ConnectTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]int{closed: 7, "gopher://x/": 1} {
		_, err := c.get(context.Background(), request{url: url, limit: 1}, &bytes.Buffer{}, nil)
		if n, _ := curlText(err); n != want {
			t.Errorf("%s: %d (%v), want %d", url, n, err, want)
		}
	}
}

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	s := newState()
	s.retry, s.ray = time.Unix(1_800_000_000, 0), "0123456789abcdef-FRA-too-long"
	b := s.bytes()
	got, err := parseState(b)
	if err != nil || len(b) != stateSize || got.uuid != s.uuid || !got.retry.Equal(s.retry) || got.ray != s.ray[:stateRayLength-1] {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range 16 {
		if _, err := parseState(b[:stateSize*i/16]); err == nil {
			t.Errorf("%d/16 accepted", i)
		}
	}
}

func TestVersionsAreComparedByNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		newest, ours string
		want         bool
	}{
		{"1.4.10", "1.4.9", true},
		{"1.5.0", "1.4.6", true},
		{"1.4.6", "1.4.6", false},
		{"1.4.6", "1.4.6-x", false},
		{"1.4", "1.4.0", false},
		{"1.3.9", "1.4.0", false},
		{"", "1.4.6", false},
		{"x.y", "1.4.6", false},
	} {
		if got := newerVersion(c.newest, c.ours); got != c.want {
			t.Errorf("%q newer than %q: %v", c.newest, c.ours, got)
		}
	}
}

func TestAnAdvertisedProgramIsReported(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.c.Databases, b.c.DNSName = nil, "d"
	b.c.Resolver = texts{"d": fmt.Sprintf("9.9.9:1:1:%d:1:300:1:1", time.Now().Unix())}
	rep, err := b.run()
	if err != nil || rep.Recommended != "9.9.9" || !b.logged("WARNING: Local version: 1.4.6 Recommended version: 9.9.9") {
		t.Errorf("%v, %+v, %q", err, rep, b.log)
	}
}

func TestEveryStatusHasItsText(t *testing.T) {
	t.Parallel()
	for c := OK; c <= RetryLater; c++ {
		if s := c.String(); s == "" || s == Failed.String() {
			t.Errorf("%d: %q", int(c), s)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add(newState().bytes())
	f.Add([]byte(stateMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := parseState(b); err == nil && len(s.bytes()) != stateSize {
			t.Error("state does not survive")
		}
	})
}
