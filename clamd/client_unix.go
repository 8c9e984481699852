//go:build unix

package clamd

import (
	"errors"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// sendDescriptor sends command with its data byte and the descriptor of f in one
// message.
func sendDescriptor(conn net.Conn, command string, f *os.File) error {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.ErrUnsupported
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var sendErr error
	err = raw.Control(func(fd uintptr) {
		_, _, sendErr = u.WriteMsgUnix([]byte(command+"\x00"), unix.UnixRights(int(fd)), nil)
	})
	return errors.Join(err, sendErr)
}
