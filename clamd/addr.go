package clamd

import "net"

// isLoopback tells whether a TCP address is one of this host only.
func isLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

// ipv4 returns the address and port of an IPv4 TCP address.
func ipv4(a net.Addr) (ip string, port int, ok bool) {
	t, isTCP := a.(*net.TCPAddr)
	if !isTCP || t.IP.To4() == nil {
		return "", 0, false
	}
	return t.IP.To4().String(), t.Port, true
}
