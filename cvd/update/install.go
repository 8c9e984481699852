package update

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"gclam/cvd"
)

// candidate is a verified container in the working directory.
type candidate struct {
	temp   string
	file   string // "daily.cvd"
	header cvd.Header
	sign   []byte // detached signature; nil if there is none
}

// TestError is what Config.Test returns when a candidate does not load.
type TestError struct {
	First, Last string // first and last line of what the loader said
}

// Error implements error.
func (e *TestError) Error() string { return e.First + " [...] " + e.Last }

// dropMember is the callback of a Read that only verifies.
func dropMember(cvd.Member, io.Reader) error { return nil }

// test loads a candidate.
func (u *Updater) test(ctx context.Context, path string) error {
	u.infof("Testing database: '%s' ...", path)
	if u.c.Test != nil {
		if err := u.c.Test(ctx, path); err != nil {
			u.warnf("Stderr output from database load : %v", err)
			u.warnf("Database load exited with \"%s\"", TestFailed)
			u.errorf("Database test FAILED.")
			return fail(TestFailed, err)
		}
	}
	u.infof("Database test passed.")
	return nil
}

// install tests a candidate and puts it in the place of the old database. The
// order keeps a complete database at every instant: signature, container, then
// the removals, of which none is missed if it does not happen.
func (j *job) install(ctx context.Context, c candidate, l local) error {
	from := filepath.Join(c.temp, c.file)
	if err := j.u.test(ctx, from); err != nil {
		return err
	}
	dir := j.u.c.Dir
	if c.sign != nil {
		name := cvd.SignName(c.file, c.header.Version)
		if err := writeDurably(j.u.fs, c.temp, filepath.Join(dir, name), c.sign); err != nil {
			return fail(DirAccess, err)
		}
	}
	if err := publish(j.u.fs, from, filepath.Join(dir, c.file)); err != nil {
		return fail(DirAccess, err)
	}
	h := c.header
	j.report.Updated = append(j.report.Updated, c.file)
	j.u.infof("%s updated (version: %d, sigs: %d, f-level: %d, builder: %s)", c.file, h.Version, h.Signatures, h.Level, h.Builder)
	if h.Level > j.u.c.Level {
		j.u.warnf("Your ClamAV installation is OUTDATED!")
		j.u.warnf("Current functionality level = %d, recommended = %d", j.u.c.Level, h.Level)
		j.u.infof("DON'T PANIC! Read https://docs.clamav.net/manual/Installing.html")
	}
	return wrapDisk(j.removeOld(c))
}

// removeOld removes the other kind of the database, and signatures of versions
// that are gone.
func (j *job) removeOld(c candidate) error {
	for _, ext := range []string{".cvd", ".cld"} {
		if j.name+ext == c.file {
			continue
		}
		err := j.u.fs.Remove(filepath.Join(j.u.c.Dir, j.name+ext))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if j.u.c.Trust == nil {
		return nil
	}
	es, err := j.u.fs.ReadDir(j.u.c.Dir)
	if err != nil {
		return err
	}
	for _, e := range es {
		name := e.Name()
		if !strings.HasPrefix(name, j.name+"-") || !strings.HasSuffix(name, ".cvd.sign") {
			continue
		}
		if c.sign != nil && name == cvd.SignName(c.file, c.header.Version) {
			continue
		}
		if err := j.u.fs.Remove(filepath.Join(j.u.c.Dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// localSign reads the detached signature of an installed container.
func (u *Updater) localSign(file string, version int) []byte {
	if u.c.Trust == nil {
		return nil
	}
	f, err := u.fs.Open(filepath.Join(u.c.Dir, cvd.SignName(file, version)))
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSign+1))
	if err != nil || len(b) > maxSign {
		return nil
	}
	return b
}

func patchName(name string, version int) string { return fmt.Sprintf("%s-%d.cdiff", name, version) }
