package update

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	dnsMaxAge  = 12 * time.Hour // of a record, by its own time
	dnsTimeout = 10 * time.Second
	dnsMaxText = 1024 // bytes of a record that are looked at
)

// Fields of the version record (observed: current.cvd.clamav.net).
const (
	dnsProgram = iota
	dnsMain
	dnsDaily
	dnsTime
	dnsWarning
	dnsLevel
	dnsSafebrowsing
	dnsBytecode
)

// dnsInfo is the version record; nil if there is none to be used.
type dnsInfo []string

// queryDNS fetches the version record, if it is wanted, and tells what the log
// has to say about it.
func (u *Updater) queryDNS(ctx context.Context) dnsInfo {
	if u.c.DNSName == "" {
		u.warnf("DNS Update Info disabled. Falling back to HTTP mode.")
		return nil
	}
	text, err := u.lookup(ctx, u.c.DNSName)
	if err != nil {
		u.warnf("Can't query %s", u.c.DNSName)
		u.warnf("Invalid DNS reply. Falling back to HTTP mode.")
		return nil
	}
	d := dnsInfo(strings.Split(text, ":"))
	at, ok := d.number(dnsTime)
	if !ok {
		u.warnf("Failed to find Record Time field in DNS Update Info.")
		return nil
	}
	if u.now().Sub(time.Unix(at, 0)) > dnsMaxAge {
		u.warnf("DNS record is older than 12 hours.")
		return nil
	}
	u.debugf("TTL: record of %s is in use", u.c.DNSName)
	return d
}

var errNoText = errors.New("no text record")

// lookup returns the first TXT record of a name.
func (u *Updater) lookup(ctx context.Context, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	texts, err := u.c.Resolver.LookupTXT(ctx, name)
	if err != nil {
		return "", err
	}
	if len(texts) == 0 || texts[0] == "" {
		return "", errNoText
	}
	return texts[0][:min(len(texts[0]), dnsMaxText)], nil
}

func (d dnsInfo) field(i int) string {
	if i >= len(d) {
		return ""
	}
	return strings.TrimSpace(d[i])
}

func (d dnsInfo) number(i int) (int64, bool) {
	n, err := strconv.ParseUint(d.field(i), 10, 40)
	return int64(n), err == nil
}

// dnsVersion returns the advertised version of a database; ok is false when a
// server has to be asked.
func (u *Updater) dnsVersion(ctx context.Context, name string) (version int, ok bool) {
	if u.dns == nil {
		return 0, false
	}
	at := map[string]int{"main": dnsMain, "daily": dnsDaily, "safebrowsing": dnsSafebrowsing, "bytecode": dnsBytecode}
	if i, known := at[name]; known {
		switch v, good := u.dns.number(i); {
		case good && v > 0 && v < 1<<31:
			return int(v), true
		case u.dns.field(i) == "":
			u.warnf("Invalid DNS update info. Falling back to HTTP mode.")
		default:
			u.warnf("Broken database version in TXT record. Falling back to HTTP mode.")
		}
	}
	return u.ownRecord(ctx, name+".cvd.clamav.net", name)
}

// ownRecord asks for the record "VERSION:TIME:…" of a single database.
func (u *Updater) ownRecord(ctx context.Context, host, name string) (int, bool) {
	text, err := u.lookup(ctx, host)
	if err != nil {
		u.warnf("Can't query %s", host)
		return 0, false
	}
	d := dnsInfo(strings.Split(text, ":"))
	at, ok := d.number(1)
	if !ok {
		u.warnf("No timestamp in TXT record for %s.cvd", name)
		return 0, false
	}
	if u.now().Sub(time.Unix(at, 0)) > dnsMaxAge {
		u.warnf("DNS record is older than 12 hours.")
		return 0, false
	}
	v, ok := d.number(0)
	if !ok || v <= 0 || v >= 1<<31 {
		u.warnf("Broken database version in TXT record for %s.cvd", name)
		return 0, false
	}
	return int(v), true
}

// checkProgram warns when the record knows a newer program version, and returns
// that version, else "".
func (u *Updater) checkProgram() string {
	newest := u.dns.field(dnsProgram)
	flag := u.dns.field(dnsWarning)
	if u.dns == nil || flag == "" || flag == "0" || isPrerelease(u.c.Version) || !newerVersion(newest, u.c.Version) {
		return ""
	}
	u.warnf("Your ClamAV installation is OUTDATED!")
	u.warnf("Local version: %s Recommended version: %s", u.c.Version, newest)
	u.infof("DON'T PANIC! Read https://docs.clamav.net/manual/Installing.html")
	return newest
}

func isPrerelease(v string) bool {
	for _, w := range []string{"devel", "beta", "rc"} {
		if strings.Contains(v, w) {
			return true
		}
	}
	return false
}

// newerVersion compares dotted numbers; a "-suffix" of ours does not count, and
// anything else that is no number makes the answer no.
func newerVersion(a, b string) bool {
	b, _, _ = strings.Cut(b, "-")
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, err1 := numberAt(as, i)
		y, err2 := numberAt(bs, i)
		if err1 != nil || err2 != nil {
			return false
		}
		if x != y {
			return x > y
		}
	}
	return false
}

func numberAt(f []string, i int) (uint64, error) {
	if i >= len(f) {
		return 0, nil
	}
	return strconv.ParseUint(f[i], 10, 32)
}
