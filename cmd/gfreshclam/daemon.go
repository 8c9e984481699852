package main

import (
	"context"
	"os"
	"os/signal"
	"time"

	"gclam/cvd/update"
	"gclam/internal/cli"
	"gclam/internal/logfmt"
)

// serve checks for updates all day.
func (a *app) serve(ctx context.Context) int {
	ctx, stop := signal.NotifyContext(ctx, endSignals()...)
	defer stop()
	wake := make(chan os.Signal, 1)
	signal.Notify(wake, wakeSignals()...)
	defer signal.Stop(wake)
	a.log.Record(logfmt.Info, "freshclam daemon "+cli.Compatibility+" ("+update.Platform()+")")
	ready()
	interval := 24 * time.Hour / time.Duration(max(a.v.Int("Checks"), 1))
	hooks := newHookRunner(a)
	for {
		if code, stop := a.round(ctx, hooks); stop {
			return code
		}
		a.log.Record(logfmt.Info, dashes)
		if !a.wait(ctx, wake, interval) {
			a.log.Infof("Update process terminated")
			return 0
		}
	}
}

// round is one check. It ends the daemon after 403 or a signal.
func (a *app) round(ctx context.Context, hooks *hookRunner) (code int, stop bool) {
	rep, err := a.up.Run(ctx)
	if ctx.Err() != nil {
		a.log.Infof("Update process terminated")
		return 0, true
	}
	code = a.finish(rep, err)
	hooks.start(rep, err)
	if update.CodeOf(err) == update.Forbidden {
		a.log.Errorf("This is fatal. Retrying later won't help. Exiting now.")
		return code, true
	}
	return 0, false
}

// wait sleeps until the next check is due or asked for; false means to end.
func (a *app) wait(ctx context.Context, wake <-chan os.Signal, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case s := <-wake:
		if !isReopen(s) {
			a.log.Infof("Received signal: wake up")
			break
		}
		a.log.Infof("Received signal: re-opening log file")
		if err := a.log.Reopen(); err != nil {
			a.log.Warnf("Can't re-open the log file: %v", err)
		}
	}
	return true
}

const maxHooks = 5 // commands running at a time, as in the reference

// hookRunner runs commands beside the daemon, which goes on.
type hookRunner struct {
	a    *app
	slot chan struct{}
}

func newHookRunner(a *app) *hookRunner { return &hookRunner{a, make(chan struct{}, maxHooks)} }

func (h *hookRunner) start(rep update.Report, err error) {
	switch {
	case err != nil:
		h.run(h.a.v.String("OnErrorExecute"), "")
	case len(rep.Updated) > 0:
		h.run(h.a.v.String("OnUpdateExecute"), "")
	}
	if rep.Recommended != "" {
		h.run(h.a.v.String("OnOutdatedExecute"), rep.Recommended)
	}
}

func (h *hookRunner) run(command, version string) {
	if _, isExit := exitCode(command); command == "" || isExit {
		return
	}
	select {
	case h.slot <- struct{}{}:
	default:
		h.a.log.Warnf("Already %d processes are running. Command not executed: %s", maxHooks, command)
		return
	}
	go func() {
		defer func() { <-h.slot }()
		defer func() {
			if v := recover(); v != nil {
				h.a.log.Errorf("Command %s: %v", command, v)
			}
		}()
		h.a.execute(command, version)
	}()
}
