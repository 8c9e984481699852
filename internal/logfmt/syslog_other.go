//go:build windows || plan9 || js || wasip1

package logfmt

import "errors"

func dialSyslog(string, string) (sysWriter, error) {
	return nil, errors.New("there is no syslog on this system")
}
