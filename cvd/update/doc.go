// Package update keeps a directory of signature databases current.
//
// In goes a Config: directory, databases, servers. Run compares what is there
// with what a DNS record or a server advertises, fetches patches or whole
// containers, verifies and tests them, and puts them in place:
//
//	u, err := update.New(update.Config{Dir: "/var/lib/clamav", Databases: update.Standard(), …})
//	report, err := u.Run(ctx)
//
// Promises, whatever servers send and whenever the process dies: a database is
// replaced only by a verified, tested and newer one, by rename, after it has
// reached the disk; there is always a complete old or new database; what an
// interrupted run leaves behind (one directory named tmp.XXXXXXXXXX) the next one
// removes; no two runs work on a directory at once. DNS is a hint, never an
// authority. A server that says 403 or 429 is left alone for as long as it says,
// at most 24 hours, across restarts.
//
// The package does not know what a signature is: Config.Test loads a candidate in
// whatever way the caller trusts. Log lines are those of freshclam 1.4.6.
//
// Limits: containers up to maxContainer bytes, patches up to cvd.MaxCdiff, three
// redirects, never from https to http.
package update
