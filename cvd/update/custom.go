package update

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"gclam/cvd"
)

const (
	minCustomName = 5        // characters, as the reference demands
	maxCustomLine = 16 << 20 // bytes of a line while counting signatures
)

// customName returns the file name that a custom database gets: the last
// component of its URL; "" if that cannot be one.
func customName(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	name := path.Base(u.Path)
	if len(name) < minCustomName || strings.ContainsAny(name, "/\\:\x00") || name[0] == '.' || name == stateName || isTemp(name) {
		return ""
	}
	return name
}

// custom updates the databases that the administrator named by URL.
func (u *Updater) custom(ctx context.Context, rep *Report) error {
	var first error
	for _, s := range u.c.CustomURLs {
		if ctx.Err() != nil {
			break
		}
		if err := u.customURL(ctx, s, rep); err != nil {
			u.warnf("fc_download_url_databases: fc_download_url_database failed: %s (%d)", CodeOf(err), int(CodeOf(err)))
			if first == nil {
				first = err
			}
		}
	}
	return first
}

func (u *Updater) customURL(ctx context.Context, s string, rep *Report) error {
	name := customName(s)
	if name == "" {
		u.infof("DatabaseCustomURL: Incorrect URL")
		u.infof("Unexpected error when attempting to update from custom database URL: %s", s)
		return fail(UpdateFailed, nil)
	}
	for n := 1; ; n++ {
		j := &job{u: u, name: name, final: n == u.c.MaxAttempts, report: rep}
		err := j.customAttempt(ctx, s)
		switch CodeOf(err) {
		case OK:
			return nil
		case NoConnection, GetFailed, BadCVD:
		default:
			u.infof("Unexpected error when attempting to update from custom database URL: %s", s)
			return err
		}
		if j.final {
			u.infof("Update failed for custom database URL: %s", s)
			return err
		}
		if perr := u.pause(ctx); perr != nil {
			return fail(Failed, perr)
		}
	}
}

func (j *job) customAttempt(ctx context.Context, s string) error {
	temp, err := makeTemp(j.u.fs, j.u.c.Dir)
	if err != nil {
		return fail(DirAccess, err)
	}
	defer func() { _ = j.u.fs.RemoveAll(temp) }()
	to := filepath.Join(temp, j.name)
	if strings.HasPrefix(s, "file://") {
		err = j.copyLocal(strings.TrimPrefix(s, "file://"), to)
	} else {
		err = j.customDownload(ctx, s, to)
	}
	switch {
	case CodeOf(err) == UpToDate:
		j.u.infof("%s is up-to-date (version: custom database)", j.name)
		return nil
	case err != nil:
		return err
	}
	if cvd.KindOf(j.name) == cvd.CVD {
		if _, err := j.verify(to, j.name, nil); err != nil {
			return j.refused(err)
		}
	}
	if err := j.u.test(ctx, to); err != nil {
		return err
	}
	sigs, err := j.u.countSignatures(to)
	if err != nil {
		return fail(DirAccess, err)
	}
	if err := publish(j.u.fs, to, filepath.Join(j.u.c.Dir, j.name)); err != nil {
		return fail(DirAccess, err)
	}
	j.report.Updated = append(j.report.Updated, j.name)
	j.u.infof("%s updated (version: custom database, sigs: %d)", j.name, sigs)
	return nil
}

func (j *job) customDownload(ctx context.Context, s, to string) error {
	err := j.download(ctx, request{url: s, limit: maxContainer, since: j.u.modified(j.name)}, to)
	if err != nil && CodeOf(err) != UpToDate {
		j.complain("Can't download %s from %s", j.name, s)
	}
	if c := CodeOf(err); c == Forbidden || c == RetryLater {
		// Some other server than the vendor's: no cool-down for the vendor's.
		return fail(GetFailed, err)
	}
	return err
}

// modified is when the local copy came, zero if there is none.
func (u *Updater) modified(file string) time.Time {
	f, err := u.fs.Open(filepath.Join(u.c.Dir, file))
	if err != nil {
		return time.Time{}
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return time.Time{}
	}
	return st.ModTime()
}

// copyLocal takes a file:// database. The source is read from the real file
// system: it is not ours.
func (j *job) copyLocal(from, to string) error {
	src, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		j.u.infof("DatabaseCustomURL: file %s missing", from)
		return fail(UpdateFailed, err)
	}
	if err != nil {
		return fail(UpdateFailed, err)
	}
	defer func() { _ = src.Close() }()
	st, err := src.Stat()
	if err != nil || !st.Mode().IsRegular() || st.Size() > maxContainer {
		return fail(UpdateFailed, errors.New("not a regular file, or too big"))
	}
	if ours := j.u.modified(j.name); !ours.IsZero() && !st.ModTime().After(ours) {
		return fail(UpToDate, nil)
	}
	j.u.infof("Downloading %s [100%%]", j.name)
	f, err := j.u.fs.Create(to)
	if err != nil {
		return fail(DirAccess, err)
	}
	_, err = io.Copy(f, io.LimitReader(src, maxContainer))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return wrapDisk(err)
}

// countSignatures is the number that the update line shows: lines that are no
// comments, or what a container's header says.
func (u *Updater) countSignatures(path string) (int, error) {
	f, err := u.fs.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	if cvd.KindOf(path) != cvd.None {
		h, err := cvd.ReadHeader(f)
		if err != nil {
			return 0, nil
		}
		return h.Signatures, nil
	}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, maxCustomLine)
	n := 0
	for sc.Scan() {
		if b := sc.Bytes(); len(b) > 0 && b[0] != '#' {
			n++
		}
	}
	return n, nil
}
