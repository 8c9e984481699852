package update

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gclam/cvd"
)

// Run updates everything once. When one database fails the others are still
// tried, unless the servers cannot be reached or sent us away; the error, an
// *Error, is the first one's. It is nil while cooling down, as freshclam's exit
// status is then 0.
func (u *Updater) Run(ctx context.Context) (Report, error) {
	var rep Report
	unlock, err := lock(u.c.Dir)
	if err != nil {
		return rep, fail(DirAccess, err)
	}
	defer unlock()
	if err := u.prepare(); err != nil {
		return rep, fail(DirAccess, err)
	}
	u.infof("ClamAV update process started at %s", u.now().Format(time.ANSIC))
	if u.c.Prune {
		if err := u.prune(); err != nil {
			return rep, fail(DirAccess, err)
		}
	}
	u.dns = u.queryDNS(ctx)
	rep.Recommended = u.checkProgram()
	err = u.official(ctx, &rep)
	if cerr := u.custom(ctx, &rep); err == nil {
		err = cerr
	}
	return rep, err
}

// prepare removes an interrupted run's remains and learns our identity.
func (u *Updater) prepare() error {
	if err := sweep(u.fs, u.c.Dir); err != nil {
		return err
	}
	if err := u.loadState(); err != nil {
		return err
	}
	if u.c.UserAgent == "" {
		u.http.agent = agentText(u.c.Version, u.state.uuid)
	}
	return nil
}

// official updates the vendor's databases.
func (u *Updater) official(ctx context.Context, rep *Report) error {
	if len(u.c.Databases) == 0 {
		return nil
	}
	if u.coolingDown() {
		rep.CoolDown = true
		return nil
	}
	var first error
	for _, name := range u.c.Databases {
		err := u.database(ctx, name, rep)
		if CodeOf(err) == RetryLater {
			rep.CoolDown = true
			return first
		}
		if err != nil && first == nil {
			first = err
		}
		if !u.state.retry.IsZero() {
			rep.CoolDown = true
			return first
		}
		if ctx.Err() != nil || CodeOf(err) == NoConnection || CodeOf(err) == DirAccess {
			return first
		}
	}
	return first
}

// database updates one database from the first server that can.
func (u *Updater) database(ctx context.Context, name string, rep *Report) error {
	var last error
	for _, server := range u.c.Servers {
		for n := 1; n <= u.c.MaxAttempts; n++ {
			final := n == u.c.MaxAttempts
			j := &job{u: u, server: server, name: name, final: final, report: rep}
			last = j.attempt(ctx)
			switch code := CodeOf(last); code {
			case OK:
				return nil
			case Forbidden:
				u.explainForbidden()
				return last
			case RetryLater:
				u.explainRateLimit()
				return last
			case NoConnection, GetFailed, BadCVD, NotInSync:
			default:
				u.errorf("Unexpected error when attempting to update %s: %s", name, code)
				return last
			}
			if final || !u.state.retry.IsZero() {
				break
			}
			if err := u.pause(ctx); err != nil {
				return fail(Failed, err)
			}
		}
		u.infof("Giving up on %s...", server)
		if !u.state.retry.IsZero() {
			break
		}
	}
	u.errorf("Update failed for database: %s", name)
	return last
}

func (u *Updater) pause(ctx context.Context) error {
	u.infof("Trying again in %d secs...", max(0, int(u.c.RetryDelay/time.Second)))
	return u.c.Sleep(ctx, u.c.RetryDelay)
}

// prune removes containers that nobody asked for.
func (u *Updater) prune() error {
	keep := slices.Clone(u.c.Databases)
	for _, s := range u.c.CustomURLs {
		if name := customName(s); cvd.KindOf(name) == cvd.CVD {
			keep = append(keep, strings.TrimSuffix(name, filepath.Ext(name)))
		}
	}
	es, err := u.fs.ReadDir(u.c.Dir)
	if err != nil {
		return err
	}
	for _, e := range es {
		ext := filepath.Ext(e.Name())
		if !e.Type().IsRegular() || ext != ".cvd" && ext != ".cld" {
			continue
		}
		if slices.Contains(keep, strings.TrimSuffix(e.Name(), ext)) {
			continue
		}
		u.infof("Pruning unwanted or deprecated database file %s.", e.Name())
		if err := u.fs.Remove(filepath.Join(u.c.Dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// isVerdict tells errors about a container from errors of the disk.
func isVerdict(err error) bool {
	return errors.Is(err, cvd.ErrNotCVD) || errors.Is(err, cvd.ErrSignature) || errors.Is(err, cvd.ErrMalformed)
}
