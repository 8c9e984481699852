package update

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"gclam/cvd"
)

// ErrLocked: another updater works on the directory.
var ErrLocked = errors.New("another updater is using the database directory")

// Level is the weight of a log line.
type Level uint8

// The levels.
const (
	Info Level = iota
	Warning
	ErrorLevel
	Debug
)

// Config says what to update, from where, and how. Zero fields mean freshclam's
// defaults where the comment gives one.
type Config struct {
	Dir        string   // database directory, absolute; must exist
	Databases  []string // official databases in order: "daily", "main"
	CustomURLs []string // DatabaseCustomURL: http, https and file
	Prune      bool     // remove containers that are neither in Databases nor in CustomURLs

	Servers []string // base URLs with scheme, tried in order
	Private bool     // the servers are private mirrors: no DNS, no patches, .cld before .cvd
	DNSName string   // DNSDatabaseInfo; "" uses HTTP only
	// Resolver answers TXT queries; nil uses the system's resolver.
	Resolver interface {
		LookupTXT(ctx context.Context, name string) ([]string, error)
	}

	MaxAttempts int           // per server and database; 0 means 3
	RetryDelay  time.Duration // between attempts; 0 means 5 s, negative none
	NoScripts   bool          // ScriptedUpdates no: whole containers only
	Compress    bool          // CompressLocalDatabase: gzip .cld files
	Level       int           // functionality level of the engine
	Version     string        // program version: "1.4.6"

	Trust *cvd.Trust // Optional: roots of detached signatures, which are then fetched, too
	FIPS  bool       // FIPSCryptoHashLimits

	UserAgent      string        // HTTPUserAgent; "" means freshclam's with our identifier
	Proxy          *url.URL      // Optional: with user and password; nil takes the environment's
	ConnectTimeout time.Duration // 0 means 30 s
	ReceiveTimeout time.Duration // without a byte; 0 means 60 s, negative none
	LocalAddr      net.IP        // Optional: LocalIPAddress

	// Test loads a candidate and tells how that went; nil skips the test, and the
	// candidate counts as good. A returned error must hold what to show the user.
	Test func(ctx context.Context, path string) error
	// Log receives each line without "WARNING: " or "ERROR: "; nil drops them.
	Log func(l Level, text string)
	// Progress is told about transfers: bytes so far and in all, -1 if unknown.
	Progress func(done, total int64)
	// Now is the clock; nil means time.Now. Sleep waits between attempts; nil means
	// a timer that ctx interrupts.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	FS    FS // nil means OSFS
}

// Report tells what a run did.
type Report struct {
	Updated     []string // files that were installed: "daily.cld", "my.ndb"
	CoolDown    bool     // servers were left alone or sent us away
	Recommended string   // newer program version that the DNS record advertises; "" for none
}

// Updater updates one directory. Its methods must not be called concurrently.
type Updater struct {
	c     Config
	fs    FS
	state state
	dns   dnsInfo
	http  *client
	now   func() time.Time
}

// New checks a configuration. The error is an *Error.
func New(c Config) (*Updater, error) {
	if c.Dir == "" || len(c.Databases) > 0 && len(c.Servers) == 0 {
		return nil, fail(BadConfig, errors.New("no directory or no servers"))
	}
	c.MaxAttempts = orDefault(c.MaxAttempts, 3)
	c.RetryDelay = orDefault(c.RetryDelay, 5*time.Second)
	c.ConnectTimeout = orDefault(c.ConnectTimeout, 30*time.Second)
	c.ReceiveTimeout = orDefault(c.ReceiveTimeout, time.Minute)
	u := &Updater{c: c, fs: c.FS, now: c.Now}
	if u.fs == nil {
		u.fs = OSFS{}
	}
	if u.now == nil {
		u.now = time.Now
	}
	if c.Sleep == nil {
		u.c.Sleep = sleep
	}
	if c.Resolver == nil {
		u.c.Resolver = net.DefaultResolver
	}
	var err error
	if u.http, err = newClient(&u.c); err != nil {
		return nil, fail(BadConfig, err)
	}
	return u, nil
}

func orDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (u *Updater) log(l Level, format string, a ...any) {
	if u.c.Log != nil {
		u.c.Log(l, fmt.Sprintf(format, a...))
	}
}

func (u *Updater) infof(format string, a ...any)  { u.log(Info, format, a...) }
func (u *Updater) warnf(format string, a ...any)  { u.log(Warning, format, a...) }
func (u *Updater) errorf(format string, a ...any) { u.log(ErrorLevel, format, a...) }
func (u *Updater) debugf(format string, a ...any) { u.log(Debug, format, a...) }

// Standard returns the official databases in the order of updating.
func Standard() []string { return []string{"daily", "main", "bytecode"} }

// Optional returns the official databases that are fetched only when asked for.
func Optional() []string { return []string{"safebrowsing", "test", "valhalla"} }
