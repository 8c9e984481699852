//go:build !unix

package clamd

import (
	"net"
	"os"
)

// descriptors cannot be received here.
type descriptors struct{}

func (*descriptors) closeAll() {}

// receive reads once.
func (c *conn) receive(b []byte) (int, error) { return c.nc.Read(b) }

// receiveDescriptor refuses: the system cannot pass descriptors.
func (c *conn) receiveDescriptor(r replier) (received, bool) {
	r.line("No file descriptor received. ERROR")
	return received{}, false
}

// pollReadable does not wait: the read that follows does.
func pollReadable(net.Conn) error { return nil }

// pollHangup does not watch: a client that has gone is noticed by a failing write.
func pollHangup(net.Conn) error { return nil }

// fdNumber is unknown here.
func (c *conn) fdNumber() int { return -1 }

// unlinkOpen does nothing: an open file cannot be removed here; spool.discard
// removes it after closing.
func unlinkOpen(*os.File) {}
