package update

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"

	"gclam/cvd"
)

// whole fetches a complete container. conditional lets the server answer that
// ours is as new; it is false when ours turned out to be damaged.
func (j *job) whole(ctx context.Context, l local, r remote, conditional bool) error {
	temp, err := makeTemp(j.u.fs, j.u.c.Dir)
	if err != nil {
		return fail(DirAccess, err)
	}
	defer func() { _ = j.u.fs.RemoveAll(temp) }()
	path := filepath.Join(temp, r.file)
	rq := request{url: j.url(r.file), limit: maxContainer}
	if l.file != "" && conditional {
		rq.since = l.header.Created
	}
	switch err := j.download(ctx, rq, path); {
	case CodeOf(err) == UpToDate:
		j.u.infof("%s is up-to-date.", r.file)
		j.notNewer(l)
		return nil
	case err != nil:
		if CodeOf(err) != DirAccess {
			j.complain("Can't download %s from %s", r.file, rq.url)
		}
		return err
	}
	c := candidate{temp: temp, file: r.file, sign: j.fetchSign(ctx, r.file, r.version)}
	if c.header, err = j.verify(path, r.file, c.sign); err != nil {
		return j.refused(err)
	}
	if conditional && l.file != "" && c.header.Version <= l.header.Version {
		// A mirror that lags behind, or somebody who wants us to go back.
		j.notNewer(l)
		if c.header.Version < l.header.Version {
			return fail(NotInSync, nil)
		}
		return nil
	}
	if err := j.install(ctx, c, l); err != nil {
		return err
	}
	if c.header.Version >= r.version || j.again || j.u.c.Private {
		return nil
	}
	j.u.infof("Received an older %s CVD than was advertised. We'll retry so the incremental update will ensure we're up-to-date.", j.name)
	j.again = true
	return j.attempt(ctx)
}

func (j *job) notNewer(l local) {
	j.u.warnf("Expected newer version of %s database but the server's copy is not newer than our local file (version %d).",
		j.name, l.header.Version)
}

// download fetches into a new, synced file.
func (j *job) download(ctx context.Context, rq request, path string) error {
	f, err := j.u.fs.Create(path)
	if err != nil {
		return fail(DirAccess, err)
	}
	w := &diskWriter{f: f}
	err = j.fetch(ctx, rq, w)
	if w.err != nil {
		err = fail(DirAccess, w.err)
	}
	if err == nil {
		err = wrapDisk(f.Sync())
	}
	if cerr := f.Close(); err == nil && cerr != nil {
		err = fail(DirAccess, cerr)
	}
	return err
}

// diskWriter remembers that it was the disk that failed, not the network.
type diskWriter struct {
	f   File
	err error
}

func (w *diskWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	w.err = err
	return n, err
}

// fetchSign gets the detached signature of a container or patch, where such
// signatures are wanted; nil if there is none. Failures are silent: what is
// missing is decided by verification.
func (j *job) fetchSign(ctx context.Context, file string, version int) []byte {
	if j.u.c.Trust == nil {
		return nil
	}
	name := file + ".sign"
	if cvd.KindOf(file) == cvd.CVD {
		name = cvd.SignName(file, version)
	}
	var b bytes.Buffer
	res, err := j.u.http.get(ctx, request{url: j.url(name), limit: maxSign}, &b, nil)
	if err != nil || res.status != 200 || b.Len() == 0 {
		return nil
	}
	return b.Bytes()
}

// verify reads a whole container, so that every check that a container can stand
// has been made.
func (j *job) verify(path, file string, sign []byte) (cvd.Header, error) {
	f, err := j.u.fs.Open(path)
	if err != nil {
		return cvd.Header{}, fail(DirAccess, err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return cvd.Header{}, fail(DirAccess, err)
	}
	return cvd.Read(f, st.Size(), cvd.KindOf(file), j.u.readOptions(sign), dropMember)
}

func (u *Updater) readOptions(sign []byte) cvd.ReadOptions {
	return cvd.ReadOptions{Verify: cvd.VerifyOptions{Detached: sign, Trust: u.c.Trust, FIPS: u.c.FIPS}}
}

// refused logs why a container is not accepted.
func (j *job) refused(err error) error {
	if !isVerdict(err) {
		return wrapDisk(err)
	}
	if errors.Is(err, cvd.ErrMalformed) {
		j.detail("cli_cvdload: ", err)
	}
	for _, kind := range []error{cvd.ErrNotCVD, cvd.ErrSignature, cvd.ErrMalformed} {
		if errors.Is(err, kind) {
			j.complain("Verification: %v", kind)
		}
	}
	return fail(BadCVD, err)
}
