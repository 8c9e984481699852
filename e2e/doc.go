// Package e2e holds the end-to-end tests: our programs against those of the
// Debian packages (clamscan, clamdscan, clamd, daemontools and others), on real
// files. run.sh runs them; tests skip with a clear message where a program that
// they need is not installed, and setup.sh installs all of them.
package e2e
