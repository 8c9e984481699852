//go:build !unix

package main

import (
	"errors"
	"fmt"
	"os"

	"gclam/clamd"
)

func ignoredSignals() []os.Signal { return nil }
func reloadSignals() []os.Signal  { return []os.Signal{noSignal{}} }

// noSignal never comes: an empty list would ask for all signals.
type noSignal struct{}

func (noSignal) Signal()        {}
func (noSignal) String() string { return "none" }

// detached is never so: there is no daemon mode here.
func detached() bool { return false }

// signalReady has nobody to tell.
func signalReady(bool) {}

// detach stays in the foreground.
func (d *daemon) detach() (code int, done bool) { return 0, false }

// dropPrivileges keeps the rights of the start.
func (d *daemon) dropPrivileges() error { return nil }

// coreLimit is unknown here.
func coreLimit() (string, bool) { return "", false }

// raiseNoFile returns a number of descriptors that is surely there.
func raiseNoFile() int { return 8192 }

// setSocketGroup leaves the group to the directory.
func (d *daemon) setSocketGroup(string) error { return nil }

// withUmask runs f.
func withUmask(_ int, f func() error) error { return f() }

// setBacklog leaves the system's default.
func setBacklog(clamd.Listener, int) {}

// addressInUse tells whether a bind failed because the address is taken.
func addressInUse(err error) bool { return errors.Is(err, os.ErrExist) || err != nil }

// memoryLimits knows none here.
func memoryLimits() []memoryLimit { return nil }

// writePIDFile writes the process's number.
func writePIDFile(path string) error {
	return os.WriteFile(path, []byte(fmt.Sprintf("%d\n", os.Getpid())), 0o644)
}
