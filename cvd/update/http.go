package update

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	maxContainer    = 4 << 30 // bytes of a whole container or custom database
	maxSign         = 1 << 20 // bytes of a detached signature
	maxRedirects    = 3
	maxHeaderBytes  = 64 << 10
	probeSize       = 512
	forbiddenPause  = 24 * time.Hour // after status 403
	rateLimitPause  = 4 * time.Hour  // after status 429 without Retry-After
	statusTimedOut  = 522            // the vendor's CDN cannot reach its origin
	environmentCert = "FRESHCLAM_CLIENT_CERT"
	environmentKey  = "FRESHCLAM_CLIENT_KEY"
	environmentPass = "FRESHCLAM_CLIENT_KEY_PASSWD"
	environmentCA   = "CURL_CA_BUNDLE"
)

// client makes single GET requests by freshclam's rules.
type client struct {
	hc      *http.Client
	agent   string // "" until the identifier is known
	receive time.Duration
}

// request is one GET.
type request struct {
	url   string
	probe bool      // only the first 512 bytes
	since time.Time // If-Modified-Since; zero for none
	limit int64     // bytes of body that are accepted
}

// response is what came back; the body has gone to the writer.
type response struct {
	status int
	size   int64 // bytes of body
	retry  time.Duration
	ray    string // request identifier of the vendor's CDN
}

func newClient(c *Config) (*client, error) {
	tc := &tls.Config{MinVersion: tls.VersionTLS12}
	if err := addRoots(tc, os.Getenv(environmentCA)); err != nil {
		return nil, err
	}
	if err := addClientCert(tc); err != nil {
		return nil, err
	}
	d := &net.Dialer{Timeout: c.ConnectTimeout}
	if c.LocalAddr != nil {
		d.LocalAddr = &net.TCPAddr{IP: c.LocalAddr}
	}
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            d.DialContext,
		TLSClientConfig:        tc,
		TLSHandshakeTimeout:    c.ConnectTimeout,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1 only
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	if c.Proxy != nil {
		t.Proxy = http.ProxyURL(c.Proxy)
	}
	return &client{hc: &http.Client{Transport: t, CheckRedirect: checkRedirect}, agent: c.UserAgent, receive: c.ReceiveTimeout}, nil
}

var (
	errRedirects = errors.New("Number of redirects hit maximum amount") //nolint:staticcheck // libcurl's text
	errInsecure  = errors.New("redirect from https to http")
	errStalled   = errors.New("Timeout was reached") //nolint:staticcheck // libcurl's text
	errTooBig    = errors.New("Maximum file size exceeded")
)

func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errRedirects
	}
	if via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return errInsecure
	}
	return nil
}

// get makes the request and copies a body of status 200 or 206, or of any status
// for a probe, to w. An error means that no complete answer came.
func (c *client) get(ctx context.Context, rq request, w io.Writer, progress func(done, total int64)) (response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alive := func() {}
	if c.receive > 0 {
		t := time.AfterFunc(c.receive, func() { cancel(errStalled) })
		defer t.Stop()
		alive = func() { t.Reset(c.receive) }
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rq.url, nil)
	if err != nil {
		return response{}, err
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "*/*")
	req.Close = true
	if rq.probe {
		req.Header.Set("Range", fmt.Sprintf("bytes=0-%d", probeSize-1))
	}
	if !rq.since.IsZero() {
		req.Header.Set("If-Modified-Since", rq.since.UTC().Format(http.TimeFormat))
	}
	res, err := c.hc.Do(req)
	if err != nil {
		return response{}, causeOf(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	out := response{status: res.StatusCode, ray: res.Header.Get("Cf-Ray"), retry: retryAfter(res.Header.Get("Retry-After"))}
	if !rq.probe && out.status != http.StatusOK && out.status != http.StatusPartialContent {
		return out, nil
	}
	limit := rq.limit
	if !rq.probe && res.ContentLength > limit {
		return out, errTooBig
	}
	body := &countingReader{r: res.Body, alive: alive, total: res.ContentLength, progress: progress}
	src := io.LimitReader(body, limit+1)
	if rq.probe { // servers that ignore Range send all
		src = io.LimitReader(body, limit)
	}
	out.size, err = io.Copy(w, src)
	if err != nil {
		return out, causeOf(ctx, err)
	}
	if out.size > limit {
		return out, errTooBig
	}
	return out, nil
}

func causeOf(ctx context.Context, err error) error {
	if c := context.Cause(ctx); errors.Is(c, errStalled) {
		return c
	}
	return err
}

// countingReader reports progress and that the transfer is alive.
type countingReader struct {
	r           io.Reader
	alive       func()
	progress    func(done, total int64)
	done, total int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if n > 0 {
		c.alive()
		c.done += int64(n)
		if c.progress != nil {
			c.progress(c.done, c.total)
		}
	}
	return n, err
}

// retryAfter reads the seconds of a Retry-After header; 0 if there are none. The
// reference does not take dates, neither do we.
func retryAfter(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// pauseOf is the time a server that limits us wants to be left alone.
func pauseOf(r response) time.Duration {
	if r.retry == 0 {
		return rateLimitPause
	}
	return r.retry
}

// agentText is the User-Agent by which the vendor's servers know freshclam; without
// the identifier they answer 403.
func agentText(version, uuid string) string {
	cpu := machine()
	return fmt.Sprintf("ClamAV/%s (OS: %s, ARCH: %s, CPU: %s, UUID: %s)", version, systemName(), cpu, cpu, uuid)
}

// Platform is "OS: Linux, ARCH: x86_64, CPU: x86_64".
func Platform() string {
	return fmt.Sprintf("OS: %s, ARCH: %s, CPU: %s", systemName(), machine(), machine())
}

func systemName() string {
	names := map[string]string{"linux": "Linux", "darwin": "Darwin", "freebsd": "FreeBSD", "netbsd": "NetBSD", "openbsd": "OpenBSD", "windows": "Windows"}
	if n := names[runtime.GOOS]; n != "" {
		return n
	}
	return runtime.GOOS
}

func machine() string {
	names := map[string]string{"amd64": "x86_64", "386": "i386", "arm64": "aarch64"}
	if n := names[runtime.GOARCH]; n != "" {
		return n
	}
	return runtime.GOARCH
}

func addRoots(tc *tls.Config, bundle string) error {
	if bundle == "" {
		return nil
	}
	b, err := os.ReadFile(bundle)
	if err != nil {
		return err
	}
	tc.RootCAs = x509.NewCertPool()
	if !tc.RootCAs.AppendCertsFromPEM(b) {
		return fmt.Errorf("no certificates in %s", bundle)
	}
	return nil
}

// addClientCert takes the certificate by which private mirrors know us.
func addClientCert(tc *tls.Config) error {
	cert, key := os.Getenv(environmentCert), os.Getenv(environmentKey)
	if cert == "" || key == "" {
		return nil
	}
	kb, err := os.ReadFile(key)
	if err != nil {
		return err
	}
	//lint:ignore SA1019 encrypted keys are what the environment variable promises
	if blk, _ := pem.Decode(kb); blk != nil && os.Getenv(environmentPass) != "" && x509.IsEncryptedPEMBlock(blk) {
		//lint:ignore SA1019 see above
		der, err := x509.DecryptPEMBlock(blk, []byte(os.Getenv(environmentPass)))
		if err != nil {
			return err
		}
		kb = pem.EncodeToMemory(&pem.Block{Type: blk.Type, Bytes: der})
	}
	cb, err := os.ReadFile(cert)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cb, kb)
	if err != nil {
		return err
	}
	tc.Certificates = []tls.Certificate{pair}
	return nil
}

// curlText gives libcurl's number and text for a failed transfer, which users
// search the web for.
func curlText(err error) (int, string) {
	var dns *net.DNSError
	var op *net.OpError
	var ne net.Error
	var ue *url.Error
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errRedirects):
		return 47, errRedirects.Error()
	case errors.Is(err, errTooBig):
		return 63, errTooBig.Error()
	case errors.Is(err, errStalled), errors.As(err, &ne) && ne.Timeout():
		return 28, errStalled.Error()
	case errors.As(err, &dns):
		return 6, "Couldn't resolve host name"
	case errors.As(err, &cert):
		return 60, "SSL peer certificate or SSH remote key was not OK"
	case errors.As(err, &op) && op.Op == "dial":
		return 7, "Couldn't connect to server"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 18, "Transferred a partial file"
	case errors.Is(err, io.EOF):
		return 52, "Server returned nothing (no headers, no data)"
	case errors.As(err, &ue) && strings.Contains(err.Error(), "unsupported protocol scheme"):
		return 1, "Unsupported protocol"
	}
	return 56, "Failure when receiving data from the peer"
}
