package update

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"gclam/cvd"
)

// patch brings the local database forward by incremental updates. done means
// that nothing more is to do for it; otherwise the whole container is needed, and
// usable tells whether the local one was whole.
func (j *job) patch(ctx context.Context, l local, r remote) (done, usable bool, err error) {
	temp, err := makeTemp(j.u.fs, j.u.c.Dir)
	if err != nil {
		return false, true, fail(DirAccess, err)
	}
	defer func() { _ = j.u.fs.RemoveAll(temp) }()
	work := filepath.Join(temp, j.name)
	if err := j.u.fs.Mkdir(work); err != nil {
		return false, true, fail(DirAccess, err)
	}
	dir := subdir{j.u.fs, work}
	behind := r.version - l.header.Version
	if j.u.c.Progress != nil {
		j.u.infof("Current database is %d version%s behind.", behind, plural(behind))
	}
	got, err := j.patches(ctx, l, r, dir)
	switch {
	case errors.Is(err, errDamagedLocal):
		j.incrementalFailed(r)
		return false, false, nil
	case CodeOf(err) == DirAccess || CodeOf(err) == Forbidden && got == 0 || CodeOf(err) == RetryLater && got == 0 || ctx.Err() != nil:
		return false, true, err
	case errors.Is(err, cvd.ErrEmptyCdiff):
		return false, true, nil
	case err != nil && !isMissing(err), got == 0 && behind > 1:
		j.incrementalFailed(r)
		return false, true, nil
	case got == 0:
		j.u.infof("The database server doesn't have the latest patch for the %s database (version %d). "+
			"The server will likely have updated if you check again in a few hours.", j.name, r.version)
		return true, true, nil
	case got < behind:
		j.u.infof("Downloaded %d patches for %s, which is fewer than the %d expected patches.", got, j.name, behind)
		j.u.infof("We'll settle for this partial-update, at least for now.")
	}
	err = j.pack(ctx, l, dir, temp, l.header.Version+got)
	if CodeOf(err) == BadCVD {
		j.incrementalFailed(r)
		return false, true, nil
	}
	return true, true, err
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func (j *job) incrementalFailed(r remote) {
	j.u.warnf("Incremental update failed, trying to download %s", r.file)
}

// errDamagedLocal: the local container cannot be unpacked.
var errDamagedLocal = errors.New("local database is damaged")

// errApply: a patch is not what it should be.
var errApply = errors.New("can't apply patch")

// isMissing tells whether a patch merely could not be had.
func isMissing(err error) bool {
	switch CodeOf(err) {
	case GetFailed, NoConnection, Forbidden, RetryLater:
		return true
	}
	return false
}

// patches unpacks the local database into dir and applies one patch after the
// other, until one fails. It returns how many were applied.
func (j *job) patches(ctx context.Context, l local, r remote, dir subdir) (int, error) {
	if err := j.unpack(l, dir); err != nil {
		return 0, err
	}
	for v := l.header.Version + 1; v <= r.version; v++ {
		if err := j.patchTo(ctx, v, dir); err != nil {
			return v - l.header.Version - 1, err
		}
	}
	return r.version - l.header.Version, nil
}

func (j *job) unpack(l local, dir subdir) error {
	f, err := j.u.fs.Open(filepath.Join(j.u.c.Dir, l.file))
	if err != nil {
		return fail(DirAccess, err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return fail(DirAccess, err)
	}
	o := j.u.readOptions(j.u.localSign(l.file, l.header.Version))
	if _, err = cvd.Unpack(f, st.Size(), cvd.KindOf(l.file), o, dir); err == nil {
		return nil
	}
	if isVerdict(err) {
		j.detail("", err)
		return errDamagedLocal
	}
	return fail(DirAccess, err)
}

// patchTo fetches and applies the patch that leads to a version.
func (j *job) patchTo(ctx context.Context, version int, dir subdir) error {
	file := patchName(j.name, version)
	if j.u.c.Progress != nil {
		j.u.infof("Downloading database patch # %d...", version)
	}
	b, err := j.fetchPatch(ctx, file)
	if err != nil {
		return err
	}
	o := cvd.VerifyOptions{Detached: j.fetchSign(ctx, file, version), Trust: j.u.c.Trust}
	c, err := cvd.OpenCdiff(b, o)
	if err == nil && c.Version != version {
		err = fmt.Errorf("cdiff leads to version %d instead of %d", c.Version, version)
	}
	if err == nil {
		err = cvd.ApplyScript(c.Script, dir)
	}
	if err == nil {
		err = j.checkVersion(dir, version)
	}
	if err != nil {
		j.detail("", err)
		j.u.errorf("downloadPatch: Can't apply patch")
		return fmt.Errorf("%w: %w", errApply, err)
	}
	return nil
}

// checkVersion makes sure that a patch was one of this database.
func (j *job) checkVersion(dir subdir, version int) error {
	f, err := dir.Open(j.name + ".info")
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, cvd.HeaderSize)
	n, _ := f.Read(b)
	h, err := cvd.ParseHeader(b[:n])
	if err != nil {
		return err
	}
	if h.Version != version {
		return fmt.Errorf("cdiff left version %d in %s.info", h.Version, j.name)
	}
	return nil
}

// fetchPatch downloads a patch, again when the server fails, up to MaxAttempts
// times.
func (j *job) fetchPatch(ctx context.Context, file string) ([]byte, error) {
	url := j.url(file)
	for n := 1; ; n++ {
		try := *j
		try.final = n == j.u.c.MaxAttempts
		var b bytes.Buffer
		err := try.fetch(ctx, request{url: url, limit: cvd.MaxCdiff}, &b)
		switch code := CodeOf(err); {
		case code == OK:
			return b.Bytes(), nil
		case code == EmptyFile:
			j.u.infof("Empty script %s, need to download entire database", file)
			return nil, cvd.ErrEmptyCdiff
		}
		try.complain("downloadPatch: Can't download %s from %s", file, url)
		if retry := CodeOf(err) == NoConnection || CodeOf(err) == GetFailed; !retry || try.final || ctx.Err() != nil {
			return nil, err
		}
	}
}

// pack makes the .cld of what is in dir, verifies and installs it.
func (j *job) pack(ctx context.Context, l local, dir subdir, temp string, version int) error {
	file := j.name + ".cld"
	path := filepath.Join(temp, file)
	f, err := j.u.fs.Create(path)
	if err != nil {
		return fail(DirAccess, err)
	}
	_, err = cvd.WriteCLD(f, dir, j.name, j.u.c.Compress)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fail(DirAccess, err)
	}
	h, err := j.verify(path, file, nil)
	if err == nil && h.Version != version {
		err = &cvd.Error{Kind: cvd.ErrMalformed, Detail: "version of the patched database"}
	}
	if err != nil {
		return j.refused(err)
	}
	return j.install(ctx, candidate{temp: temp, file: file, header: h}, l)
}
