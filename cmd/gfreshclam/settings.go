package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"gclam/cvd"
	"gclam/cvd/update"
	"gclam/engine"
	"gclam/internal/cli"
)

const (
	officialDomain = "clamav.net"
	officialServer = "https://database.clamav.net"
	customDatabase = "custom"
)

var errConfig = &update.Error{Code: update.BadConfig}

// settings turns options into the updater's configuration. Errors have been
// logged.
func (a *app) settings() (update.Config, error) {
	v := a.v
	c := update.Config{
		Dir: a.path("DatabaseDirectory"), CustomURLs: v.Strings("DatabaseCustomURL"),
		MaxAttempts: v.Int("MaxAttempts"), NoScripts: !v.Bool("ScriptedUpdates"), Compress: v.Bool("CompressLocalDatabase"),
		Level: engine.FunctionalityLevel, Version: cli.Compatibility, FIPS: v.Bool("FIPSCryptoHashLimits"),
		ConnectTimeout: seconds(v.Int("ConnectTimeout")), ReceiveTimeout: seconds(v.Int("ReceiveTimeout")),
		Log: a.write, Resolver: resolver(os.Getenv("GFRESHCLAM_DNS")),
	}
	steps := []func(*update.Config) error{a.setServers, a.setDatabases, a.setNetwork, a.setTrust, a.checkRate}
	for _, step := range steps {
		if err := step(&c); err != nil {
			return c, err
		}
	}
	if v.Bool("TestDatabases") {
		c.Test = a.testLoad
	}
	if v.Bool("show-progress") || a.in.Terminal() && !v.Bool("quiet") {
		c.Progress = newProgress(a.in.Out).update
	}
	return c, nil
}

// seconds turns a timeout of 0, which means none, into update's negative one.
func seconds(n int) time.Duration {
	if n == 0 {
		return -1
	}
	return time.Duration(n) * time.Second
}

func (a *app) setServers(c *update.Config) error {
	private, mirrors := a.v.Strings("PrivateMirror"), a.v.Strings("DatabaseMirror")
	if len(private)+len(mirrors) == 0 && a.file == "" {
		mirrors = []string{officialServer} // without a file there is nowhere to look it up
	}
	for _, s := range private {
		if isOfficial(s) {
			a.log.Errorf("The PrivateMirror config option may not include servers under *.clamav.net.")
			return a.noServers()
		}
		c.Servers = append(c.Servers, withScheme(s, "http"))
	}
	c.Private = len(private) > 0
	if !c.Private {
		for _, s := range mirrors {
			c.Servers = append(c.Servers, rewriteCountry(withScheme(s, "https")))
		}
	}
	if len(c.Servers) == 0 {
		a.log.Errorf("No DatabaseMirror or PrivateMirror servers set in freshclam config file.")
		return a.noServers()
	}
	if !c.Private && !a.v.Bool("no-dns") {
		c.DNSName = a.v.String("DNSDatabaseInfo")
	}
	a.setAgent(c)
	return nil
}

func (a *app) noServers() error {
	a.log.Errorf("Unable to find DatabaseMirror or PrivateMirror option(s) that specify database server FQDNs.")
	return errConfig
}

func withScheme(s, scheme string) string {
	s = strings.TrimRight(s, "/")
	if strings.Contains(s, "://") {
		return s
	}
	return scheme + "://" + s
}

func hostOf(s string) string {
	u, err := url.Parse(withScheme(s, "https"))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func isOfficial(s string) bool {
	h := hostOf(s)
	return h == officialDomain || strings.HasSuffix(h, "."+officialDomain)
}

// rewriteCountry replaces the country mirrors of old, db.XX.clamav.net.
func rewriteCountry(s string) string {
	h := hostOf(s)
	if rest, ok := strings.CutPrefix(h, "db."); ok && len(rest) == len("xx."+officialDomain) && strings.HasSuffix(rest, "."+officialDomain) {
		return officialServer
	}
	return s
}

func (a *app) setAgent(c *update.Config) {
	c.UserAgent = a.v.String("HTTPUserAgent")
	if c.UserAgent == "" || !slices.ContainsFunc(c.Servers, isOfficial) {
		return
	}
	a.log.Infof("In an effort to reduce CDN data costs, HTTPUserAgent may not be used when updating from clamav.net.")
	a.log.Infof("The HTTPUserAgent specified in your config will be ignored so that FreshClam is not blocked by the CDN.")
	a.log.Infof("If ClamAV's user agent is not allowed through your firewall/proxy, please contact your network administrator.")
	c.UserAgent = ""
}

// setDatabases selects what to update.
func (a *app) setDatabases(c *update.Config) error {
	if only := a.v.Strings("update-db"); len(only) > 0 {
		return a.selectOnly(c, only)
	}
	exclude := lower(a.v.Strings("ExcludeDatabase"))
	if !a.v.Bool("Bytecode") {
		exclude = append(exclude, "bytecode")
	}
	for _, name := range update.Standard() {
		if !slices.Contains(exclude, name) {
			c.Databases = append(c.Databases, name)
		}
	}
	for _, name := range lower(a.v.Strings("ExtraDatabase")) {
		switch {
		case !slices.Contains(update.Optional(), name):
			a.write(update.Warning, fmt.Sprintf("Desired optional database %q is not available.", name))
		case !slices.Contains(c.Databases, name):
			c.Databases = append(c.Databases, name)
		}
	}
	c.Prune = true
	return nil
}

func (a *app) selectOnly(c *update.Config, only []string) error {
	all := append(update.Standard(), update.Optional()...)
	custom := false
	for i, name := range lower(only) {
		switch {
		case name == customDatabase:
			custom = true
		case !slices.Contains(all, name):
			a.log.Errorf("Requested database is not available: %s.", only[i])
			a.log.Errorf("Failed to select specific databases from available official databases.")
			return errConfig
		case !slices.Contains(c.Databases, name):
			c.Databases = append(c.Databases, name)
		}
	}
	if custom && len(c.CustomURLs) == 0 {
		a.log.Infof("--update-db=custom requires at least one DatabaseCustomURL in freshclam.conf")
		return errConfig
	}
	if !custom {
		c.CustomURLs = nil
	}
	return nil
}

func lower(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = strings.ToLower(s)
	}
	return out
}

func (a *app) setNetwork(c *update.Config) error {
	if s := a.v.String("LocalIPAddress"); s != "" {
		if c.LocalAddr = net.ParseIP(s); c.LocalAddr == nil {
			a.log.Errorf("LocalIPAddress %s is no address", s)
			return errConfig
		}
	}
	server := a.v.String("HTTPProxyServer")
	if server == "" {
		return nil
	}
	server = strings.TrimPrefix(server, "http://")
	a.log.Infof("Connecting via %s", server)
	c.Proxy = &url.URL{Scheme: "http", Host: server}
	if p := a.v.Int("HTTPProxyPort"); p > 0 {
		c.Proxy.Host = net.JoinHostPort(strings.Trim(server, "[]"), fmt.Sprint(p))
	}
	if user := a.v.String("HTTPProxyUsername"); user != "" {
		c.Proxy.User = url.UserPassword(user, a.v.String("HTTPProxyPassword"))
	}
	return nil
}

// setTrust reads the roots of detached signatures where a directory of them is
// configured or forced by FIPS.
func (a *app) setTrust(c *update.Config) error {
	dir := a.v.String("CVDCertsDirectory")
	if dir == "" {
		dir = os.Getenv("CVD_CERTS_DIR")
	}
	if dir == "" {
		return nil
	}
	t, err := cvd.OpenTrust(dir)
	if err != nil {
		a.log.Errorf("ClamAV CA certificates directory is missing: %s - It should have been provided as a part of installation.", dir)
		a.log.Debugf("%v", err)
		return &update.Error{Code: update.InitFailed, Err: err}
	}
	c.Trust = t
	return nil
}

// checkRate refuses a rate of checks that servers would punish.
func (a *app) checkRate(c *update.Config) error {
	n := a.v.Int("Checks")
	switch {
	case !a.v.Bool("daemon"):
	case n <= 0:
		a.write(update.Warning, "Number of checks must be a positive integer.")
		return errConfig
	case n > 50 && c.DNSName == "":
		a.write(update.Warning, "Number of checks must be between 1 and 50.")
		return errConfig
	}
	return nil
}

// checkProxySecret refuses a password that others can read.
func (a *app) checkProxySecret() int {
	if a.v.IsSet("HTTPProxyPassword") && a.file != "" && runtime.GOOS != "windows" {
		if st, err := os.Stat(a.file); err == nil && st.Mode().Perm()&0o077 != 0 {
			a.in.Warnf("Insecure permissions (for HTTPProxyPassword): %s must have no more than 0700 permissions.", a.file)
			return a.initFailed()
		}
	}
	if a.v.String("HTTPProxyUsername") != "" && a.v.String("HTTPProxyPassword") == "" {
		a.say("HTTPProxyUsername requires HTTPProxyPassword")
		return a.initFailed()
	}
	return 0
}

// resolver asks one name server, for tests and split horizons; nil stands for the
// system's.
func resolver(server string) interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
} {
	if server == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, server)
	}}
}

var errNoUser = errors.New("no such user")
