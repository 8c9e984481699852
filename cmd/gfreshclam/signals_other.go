//go:build !unix

package main

import "os"

func endSignals() []os.Signal { return []os.Signal{os.Interrupt} }

// wakeSignals: there are none; signal.Notify without signals would take all.
func wakeSignals() []os.Signal { return []os.Signal{os.Kill} }

func isReopen(os.Signal) bool { return false }
