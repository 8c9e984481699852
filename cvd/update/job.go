package update

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"gclam/cvd"
)

// job is one attempt to update one database from one server.
type job struct {
	u      *Updater
	server string
	name   string // "daily"
	final  bool   // no further attempt: complaints are errors, not warnings
	report *Report
	again  bool // the second round after a container older than advertised
}

// local is the copy of a database that is in use.
type local struct {
	file   string // "daily.cld"; "" if there is none
	header cvd.Header
	stale  string // file of the other kind, older or equal; "" if there is none
}

// remote is what the servers have.
type remote struct {
	version int
	file    string // "daily.cvd"
	dns     bool   // known from DNS, not from this server
}

// attempt brings the database up to date, or tells why not.
func (j *job) attempt(ctx context.Context) error {
	l, err := j.findLocal()
	if err != nil {
		return fail(DirAccess, err)
	}
	r, err := j.findRemote(ctx, l)
	if err != nil {
		return err
	}
	switch {
	case l.file != "" && r.version <= l.header.Version:
		h := l.header
		j.u.infof("%s database is up-to-date (version: %d, sigs: %d, f-level: %d, builder: %s)",
			l.file, h.Version, h.Signatures, h.Level, h.Builder)
		return j.tidy(l)
	case l.file == "":
		j.u.infof("%s database available for download (remote version: %d)", j.name, r.version)
	default:
		j.u.infof("%s database available for update (local version: %d, remote version: %d)", j.name, l.header.Version, r.version)
	}
	if l.file == "" || j.u.c.NoScripts || j.u.c.Private {
		return j.whole(ctx, l, r, true)
	}
	done, usable, err := j.patch(ctx, l, r)
	if done || err != nil {
		return err
	}
	return j.whole(ctx, l, r, usable)
}

// findLocal looks for NAME.cvd and NAME.cld. The reference takes the .cvd if it
// can be read; after an interruption between installing one kind and removing
// the other that may be the older, so the newer one counts here.
func (j *job) findLocal() (local, error) {
	var out local
	for _, ext := range []string{".cvd", ".cld"} {
		h, err := j.u.localHeader(j.name + ext)
		if err != nil {
			continue // missing or useless: it will be replaced
		}
		switch {
		case out.file == "":
			out.file, out.header = j.name+ext, h
		case h.Version > out.header.Version:
			out.stale, out.file, out.header = out.file, j.name+ext, h
		default:
			out.stale = j.name + ext
		}
	}
	return out, nil
}

func (u *Updater) localHeader(file string) (cvd.Header, error) {
	f, err := u.fs.Open(filepath.Join(u.c.Dir, file))
	if err != nil {
		return cvd.Header{}, err
	}
	defer func() { _ = f.Close() }()
	return cvd.ReadHeader(f)
}

// tidy removes the stale twin of a local database once the other one has proven
// to be whole.
func (j *job) tidy(l local) error {
	if l.stale == "" {
		return nil
	}
	path := filepath.Join(j.u.c.Dir, l.file)
	if _, err := j.verify(path, l.file, nil); err != nil {
		return nil
	}
	return wrapDisk(j.u.fs.Remove(filepath.Join(j.u.c.Dir, l.stale)))
}

func wrapDisk(err error) error {
	if err == nil {
		return nil
	}
	return fail(DirAccess, err)
}

// findRemote learns the newest version: from DNS, else from the server.
func (j *job) findRemote(ctx context.Context, l local) (remote, error) {
	if l.file == "" {
		j.u.debugf("check_for_new_database_version: No local copy of \"%s\" database.", j.name)
	}
	if !j.u.c.Private {
		if v, ok := j.u.dnsVersion(ctx, j.name); ok {
			return remote{version: v, file: j.name + ".cvd", dns: true}, nil
		}
	}
	files := []string{j.name + ".cvd"}
	if j.u.c.Private {
		files = []string{j.name + ".cld", j.name + ".cvd"}
	}
	var err error
	for _, file := range files {
		var r remote
		if r, err = j.probe(ctx, l, file); err == nil {
			return r, nil
		}
		if CodeOf(err) == Forbidden {
			j.u.errorf("check_for_new_database_version: Blocked from using server %s.", j.server)
			return r, err
		}
		if CodeOf(err) == RetryLater {
			return r, err
		}
	}
	j.u.warnf("Failed to get %s database version information from server: %s", j.name, j.server)
	j.u.errorf("check_for_new_database_version: Failed to find %s database using server %s.", j.name, j.server)
	return remote{}, err
}

// probe fetches the header of a container.
func (j *job) probe(ctx context.Context, l local, file string) (remote, error) {
	url := j.url(file)
	j.u.infof("Trying to retrieve CVD header from %s", url)
	rq := request{url: url, probe: true, limit: probeSize}
	if l.file != "" {
		rq.since = l.header.Created
	}
	var b bytes.Buffer
	res, err := j.u.http.get(ctx, rq, &b, nil)
	if err != nil {
		j.transferFailed("remote_cvdhead", err)
		return remote{}, fail(GetFailed, err)
	}
	blocked := OK
	switch res.status {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusNotModified:
		return remote{version: l.header.Version, file: file}, nil
	case http.StatusForbidden:
		blocked = Forbidden
		j.blocked(forbiddenPause, res)
	case http.StatusTooManyRequests:
		blocked = RetryLater
		j.blocked(pauseOf(res), res)
	case http.StatusNotFound:
		j.u.warnf("remote_cvdhead: file not found: %s", url)
		return remote{}, fail(GetFailed, errNotFound)
	case statusTimedOut:
		j.u.warnf("remote_cvdhead: %s URL: %s", originText, url)
		return remote{}, fail(GetFailed, errStatus(res.status))
	default:
		j.complain("remote_cvdhead: Unexpected response (%d) from %s", res.status, j.server)
		return remote{}, fail(GetFailed, errStatus(res.status))
	}
	// As the reference does, look at what a server says together with its 403.
	if b.Len() < probeSize {
		j.complain("remote_cvdhead: Malformed CVD header (too short)")
		return remote{}, fail(GetFailed, cvd.ErrNotCVD)
	}
	h, err := cvd.ParseHeader(b.Bytes())
	if err != nil {
		j.detail("cli_cvdparse: ", err)
		j.complain("remote_cvdhead: Malformed CVD header (can't parse)")
		return remote{}, fail(GetFailed, err)
	}
	if blocked != OK {
		return remote{}, fail(blocked, errStatus(res.status))
	}
	j.u.infof("OK")
	return remote{version: h.Version, file: file}, nil
}

const originText = "Origin Connection Time-out. Cloudflare was unable to reach the origin web server and the request timed out."

var errNotFound = errors.New("file not found")

func errStatus(n int) error { return fmt.Errorf("status %d", n) }

func (j *job) url(file string) string { return j.server + "/" + file }

// complain logs an error, or a warning while there are attempts left.
func (j *job) complain(format string, a ...any) {
	if j.final {
		j.u.errorf(format, a...)
		return
	}
	j.u.warnf(format, a...)
}

// transferFailed logs a transfer that got no answer, in libcurl's words.
func (j *job) transferFailed(where string, err error) {
	n, text := curlText(err)
	word := "WARNING"
	if j.final {
		word = "ERROR"
	}
	// The reference's second line begins within the first.
	j.complain("%s: Download failed (%d) %s:  Message: %s", where, n, word, text)
	j.u.debugf("%s: %v", where, err)
}

// detail logs why a container was refused.
func (j *job) detail(prefix string, err error) {
	var e *cvd.Error
	var s *cvd.ScriptError
	switch {
	case errors.As(err, &s):
		j.u.warnf("[LibClamAV] %v", s)
	case errors.As(err, &e):
		j.u.warnf("[LibClamAV] %s%s", prefix, e.Detail)
	default:
		j.u.warnf("[LibClamAV] %v", err)
	}
}

// fetch downloads a file of the server to w. A status other than success is an
// *Error that has been logged.
func (j *job) fetch(ctx context.Context, rq request, w io.Writer) error {
	j.u.debugf("Retrieving %s", rq.url)
	res, err := j.u.http.get(ctx, rq, w, j.u.c.Progress)
	if err != nil {
		j.transferFailed("downloadFile", err)
		code := NoConnection
		if res.status != 0 {
			code = GetFailed
		}
		return fail(code, err)
	}
	switch res.status {
	case http.StatusOK, http.StatusPartialContent:
		if res.size == 0 {
			return fail(EmptyFile, nil)
		}
		return nil
	case http.StatusNotModified:
		return fail(UpToDate, nil)
	case http.StatusForbidden:
		j.blocked(forbiddenPause, res)
		return fail(Forbidden, nil)
	case http.StatusTooManyRequests:
		j.blocked(pauseOf(res), res)
		return fail(RetryLater, nil)
	case http.StatusNotFound:
		j.u.warnf("downloadFile: file not found: %s", rq.url)
	case statusTimedOut:
		j.u.warnf("downloadFile: %s URL: %s", originText, rq.url)
	default:
		j.complain("downloadFile: Unexpected response (%d) from %s", res.status, rq.url)
	}
	return fail(GetFailed, errStatus(res.status))
}

// blocked remembers that the vendor's servers sent us away. Servers of custom
// databases do not count.
func (j *job) blocked(d time.Duration, res response) {
	if j.server != "" {
		j.u.coolDown(d, res.ray)
	}
}
