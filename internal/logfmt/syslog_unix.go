//go:build !windows && !plan9 && !js && !wasip1

package logfmt

import (
	"fmt"
	"log/syslog"
	"strings"
)

// dialSyslog connects to the local syslog daemon.
func dialSyslog(facility, ident string) (sysWriter, error) {
	p, err := facilityOf(facility)
	if err != nil {
		return nil, err
	}
	return syslog.New(p|syslog.LOG_INFO, ident)
}

// facilityOf understands the names of syslog(3); empty is ClamAV's LOG_LOCAL6.
func facilityOf(name string) (syslog.Priority, error) {
	names := []string{
		"KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP",
		"", "", "", "", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7",
	}
	if name == "" {
		return syslog.LOG_LOCAL6, nil
	}
	short := strings.TrimPrefix(strings.ToUpper(name), "LOG_")
	for i, n := range names {
		if n != "" && n == short {
			return syslog.Priority(i << 3), nil
		}
	}
	return 0, fmt.Errorf("%s: unknown facility", name)
}
