// Package scanopt turns configuration values (clamd.conf, clamscan's command line)
// into options of the public package engine.
//
// It is apart from package config so that programs that only talk to the daemon do
// not link the engine.
package scanopt
