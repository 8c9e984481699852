package update

import "time"

// What freshclam tells people who were sent away by the vendor's servers
// (observed: 1.4.6).

const stampFormat = "2006-01-02 15:04:05"

func (u *Updater) explainForbidden() {
	u.warnf("FreshClam received error code 403 from the ClamAV Content Delivery Network (CDN).")
	for _, s := range []string{
		"This could mean several things:",
		" 1. You are running an out-of-date version of ClamAV / FreshClam.",
		"    Ensure you are the most updated version by visiting https://www.clamav.net/downloads",
		" 2. Your network is explicitly denied by the FreshClam CDN.",
		"    In order to rectify this please check that you are:",
		"   a. Running an up-to-date version of FreshClam",
		"   b. Running FreshClam no more than once an hour",
		"   c. Connecting from an IP in a blocked region",
		"      Please see https://www.cisco.com/c/m/en_us/crisissupport.html",
		"   d. If you have checked (a), (b) and (c), please open a ticket at",
		"      https://github.com/Cisco-Talos/clamav/issues",
		"      and we will investigate why your network is blocked.",
	} {
		u.infof("%s", s)
	}
	if u.state.ray != "" {
		u.infof("      Please provide the following cf-ray id in your ticket: %s", u.state.ray)
	}
	u.warnf("You are on cool-down until after: %s", u.state.retry.Format(stampFormat))
}

func (u *Updater) explainRateLimit() {
	u.warnf("FreshClam received error code 429 from the ClamAV Content Delivery Network (CDN).")
	u.infof("This means that you have been rate limited by the CDN.")
	u.adviseRate(1)
	u.warnf("You are on cool-down until after: %s", u.state.retry.Format(stampFormat))
}

// coolingDown tells whether the servers are to be left alone, and says so.
func (u *Updater) coolingDown() bool {
	switch {
	case u.state.retry.IsZero():
		return false
	case !u.now().Before(u.state.retry):
		u.warnf("Cool-down expired, ok to try again.")
		u.state.retry, u.state.ray = time.Time{}, ""
		if err := u.saveState(); err != nil {
			u.warnf("Can't save freshclam.dat: %v", err)
		}
		return false
	}
	u.warnf("FreshClam previously received error code 429 or 403 from the ClamAV Content Delivery Network (CDN).")
	u.infof("This means that you have been rate limited or blocked by the CDN.")
	u.infof(" 1. Verify that you're running a supported ClamAV version.")
	u.infof("    See https://docs.clamav.net/faq/faq-eol.html for details.")
	u.adviseRate(2)
	u.warnf("You are still on cool-down until after: %s", u.state.retry.Format(stampFormat))
	return true
}

func (u *Updater) adviseRate(from int) {
	u.infof(" %d. Run FreshClam no more than once an hour to check for updates.", from)
	u.infof("    FreshClam should check DNS first to see if an update is needed.")
	u.infof(" %d. If you have more than 10 hosts on your network attempting to download,", from+1)
	u.infof("    it is recommended that you set up a private mirror on your network using")
	u.infof("    cvdupdate (https://pypi.org/project/cvdupdate/) to save bandwidth on the")
	u.infof("    CDN and your own network.")
	u.infof(" %d. Please do not open a ticket asking for an exemption from the rate limit,", from+2)
	u.infof("    it will not be granted.")
}
