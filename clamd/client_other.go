//go:build !unix

package clamd

import (
	"errors"
	"net"
	"os"
)

// sendDescriptor is not possible here.
func sendDescriptor(net.Conn, string, *os.File) error { return errors.ErrUnsupported }
