package clamd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Errors of Client, in the words in which clamdscan reports them.
var (
	ErrCommunication  = errors.New("Communication error")
	ErrUnknownCommand = errors.New("Command rejected by clamd (wrong clamd version?)")
	ErrBogusID        = errors.New("Bogus session id from clamd")
	ErrParse          = errors.New("Failed to parse reply")
	ErrOverlong       = errors.New("Overlong reply from clamd")
)

// maxReply bounds a reply in bytes: a path and a name fit.
const maxReply = 5120

// clientChunk is how much of a stream goes into one chunk, in bytes.
const clientChunk = 64 << 10

// Client is one connection to a daemon. It is good for one command, or for a
// session. It uses z framing: paths may hold any byte but NUL. It is not safe for
// concurrent use, but one goroutine may send in a session while another receives.
type Client struct {
	// Timeout bounds each wait for the daemon; 0 waits for ever. A scan may take
	// its MaxScanTime, so a short one gives up on slow files.
	Timeout time.Duration

	conn net.Conn
	br   *bufio.Reader
}

// Dial connects to a daemon; network is "unix" or "tcp".
func Dial(ctx context.Context, network, address string) (*Client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return NewClient(conn), nil
}

// NewClient returns a client on an open connection, which it then owns.
func NewClient(conn net.Conn) *Client {
	return &Client{conn: conn, br: bufio.NewReaderSize(conn, maxReply)}
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Local tells whether descriptors can be passed.
func (c *Client) Local() bool {
	_, ok := c.conn.(*net.UnixConn)
	return ok
}

// Reply is one answer about an object.
type Reply struct {
	Name   string // what the daemon calls the object
	Virus  string // for Found
	Status Status
	Text   string // the whole answer without its number
}

// Status is what an answer says.
type Status uint8

// The statuses. Everything that is not understood is Failed: nothing but OK is OK.
const (
	Failed Status = iota
	OK
	Found
)

// ParseReply takes an answer apart. Names may hold anything, so the words at its
// end count.
func ParseReply(text string) Reply {
	r := Reply{Text: text}
	body, found := strings.CutSuffix(text, " FOUND")
	switch i := strings.LastIndex(body, ": "); {
	case found && i >= 0:
		r.Status, r.Name, r.Virus = Found, body[:i], cutDigest(body[i+2:])
		r.Text = r.Name + ": " + r.Virus + " FOUND"
	case strings.HasSuffix(text, ": OK"):
		r.Status, r.Name = OK, strings.TrimSuffix(text, ": OK")
	case i >= 0:
		// Error texts may hold ": " themselves; the first one ends most names.
		r.Name, _, _ = strings.Cut(text, ": ")
	}
	return r
}

// cutDigest removes "(MD5:SIZE)", which some daemons add to a name.
func cutDigest(virus string) string {
	open := strings.LastIndexByte(virus, '(')
	if open < 0 || !strings.HasSuffix(virus, ")") {
		return virus
	}
	digest, size, ok := strings.Cut(virus[open+1:len(virus)-1], ":")
	if _, err := strconv.ParseUint(size, 10, 63); !ok || err != nil || len(digest) != 32 {
		return virus
	}
	return virus[:open]
}

// Send sends a command.
func (c *Client) Send(command string) error {
	c.deadline()
	_, err := io.WriteString(c.conn, "z"+command+"\x00")
	return err
}

// deadline begins a wait.
func (c *Client) deadline() {
	if c.Timeout > 0 {
		_ = c.conn.SetDeadline(time.Now().Add(c.Timeout))
	}
}

// Receive returns the next answer; io.EOF is the orderly end.
func (c *Client) Receive() (string, error) {
	c.deadline()
	b, err := c.br.ReadSlice(0)
	switch {
	case err == nil:
		b = b[:len(b)-1]
	case errors.Is(err, bufio.ErrBufferFull):
		return "", ErrOverlong
	case errors.Is(err, io.EOF) && len(b) > 0:
		return "", fmt.Errorf("%w: %s", ErrCommunication, strings.TrimSpace(string(b)))
	case errors.Is(err, io.EOF):
		return "", io.EOF
	default:
		return "", fmt.Errorf("%w: %w", ErrCommunication, err)
	}
	if string(b) == unknownCommand {
		return "", ErrUnknownCommand
	}
	return string(b), nil
}

// ask sends a command and returns its only answer.
func (c *Client) ask(command string) (string, error) {
	if err := c.Send(command); err != nil {
		return "", fmt.Errorf("%w: %w", ErrCommunication, err)
	}
	s, err := c.Receive()
	if errors.Is(err, io.EOF) {
		err = ErrCommunication
	}
	return s, err
}

// Ping tells whether the daemon answers.
func (c *Client) Ping() error {
	s, err := c.ask("PING")
	if err == nil && s != "PONG" {
		err = ErrParse
	}
	return err
}

// Version returns the daemon's version text.
func (c *Client) Version() (string, error) { return c.ask("VERSION") }

// Reload makes the daemon read its databases again; it does not wait for that.
func (c *Client) Reload() error {
	s, err := c.ask("RELOAD")
	if err == nil && s != "RELOADING" {
		err = ErrParse
	}
	return err
}

// ScanPath makes the daemon scan a path of its own: command is "SCAN", "CONTSCAN",
// "MULTISCAN" or "ALLMATCHSCAN". Each answer goes to fn as it comes.
func (c *Client) ScanPath(command, path string, fn func(Reply)) error {
	if strings.IndexByte(path, 0) >= 0 || len(path)+len(command) > MaxCommand-3 {
		return fmt.Errorf("%w: the path is too long", ErrCommunication)
	}
	if err := c.Send(command + " " + path); err != nil {
		return fmt.Errorf("%w: %w", ErrCommunication, err)
	}
	for {
		s, err := c.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		fn(ParseReply(s))
	}
}

// ScanFile passes an open file and returns the verdict.
func (c *Client) ScanFile(f *os.File) (Reply, error) {
	c.deadline()
	if err := sendDescriptor(c.conn, "zFILDES\x00", f); err != nil {
		return Reply{}, fmt.Errorf("%w: %w", ErrCommunication, err)
	}
	return c.verdict(nil)
}

// ScanStream sends r, at most limit bytes of it (0 or less: all), and returns the
// verdict.
func (c *Client) ScanStream(r io.Reader, limit int64) (Reply, error) {
	return c.verdict(c.sendStream(r, limit))
}

// verdict receives one answer. When sending failed, what the daemon said before is
// better than the error.
func (c *Client) verdict(sent error) (Reply, error) {
	var re *readError
	if errors.As(sent, &re) {
		return Reply{}, sent
	}
	s, err := c.Receive()
	switch {
	case err == nil:
		return ParseReply(s), nil
	case sent != nil:
		return Reply{}, fmt.Errorf("%w: %w", ErrCommunication, sent)
	case errors.Is(err, io.EOF):
		return Reply{}, ErrCommunication
	}
	return Reply{}, err
}

// readError is a failure of the source of a stream, not of the connection.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// sendStream sends INSTREAM and its chunks.
func (c *Client) sendStream(r io.Reader, limit int64) error {
	c.deadline()
	if _, err := io.WriteString(c.conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	if limit > 0 {
		r = io.LimitReader(r, limit)
	}
	buf := make([]byte, chunkHeader+clientChunk)
	for {
		n, err := io.ReadFull(r, buf[chunkHeader:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			c.deadline()
			if _, werr := c.conn.Write(buf[:chunkHeader+n]); werr != nil {
				return werr
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			_, err = c.conn.Write([]byte{0, 0, 0, 0})
			return err
		case err != nil:
			// A stream without its end is not scanned: nobody takes a part for the whole.
			return &readError{err}
		}
	}
}

// Session is a connection in which many objects are scanned at once.
type Session struct {
	c    *Client
	last int // number of the last command
}

// Session begins a session; the client is then used through it only.
func (c *Client) Session() (*Session, error) {
	if err := c.Send("IDSESSION"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCommunication, err)
	}
	return &Session{c: c}, nil
}

// SendFile passes an open file. The answer carries the returned number.
func (s *Session) SendFile(f *os.File) (int, error) {
	s.last++
	s.c.deadline()
	return s.last, sendDescriptor(s.c.conn, "zFILDES\x00", f)
}

// SendStream sends r, at most limit bytes of it (0 or less: all).
func (s *Session) SendStream(r io.Reader, limit int64) (int, error) {
	s.last++
	return s.last, s.c.sendStream(r, limit)
}

// Receive returns the next answer and its number; io.EOF is the orderly end.
func (s *Session) Receive() (int, Reply, error) {
	text, err := s.c.Receive()
	if err != nil {
		return 0, Reply{}, err
	}
	num, rest, ok := strings.Cut(text, ": ")
	id, err := strconv.Atoi(num)
	if !ok || err != nil || id < 1 {
		return 0, Reply{}, ErrBogusID
	}
	return id, ParseReply(rest), nil
}

// End tells the daemon that nothing more comes.
func (s *Session) End() error { return s.c.Send("END") }
