package sig

import (
	"errors"
	"io"
	"strings"
)

// Line buffers of ClamAV, terminator included (observed: clamscan 1.4.6). A
// longer line of a plain file is read in pieces of one byte less.
const (
	lineSize    = 8192
	lineSizeLDB = 32769
)

// blockSize is how much text is turned into one string at a time. Lines are
// substrings of such blocks, so that reading costs no allocation per line.
const blockSize = 256 << 10

// memberBuffer is the longest line, line end included, that ClamAV finds the end
// of in a member of a container.
const memberBuffer = 32768

// What a member of a container can end with before its end: ClamAV takes it for
// the end (observed: clamscan 1.4.6).
var (
	errLongLine  = errors.New("cli_dbgets: Line too long for provided buffer")
	errNoLineEnd = errors.New("cli_dbgets: Invalid data or internal buffer too small")
	// errNotRead is errNoLineEnd with text left, which the container notices.
	errNotRead = errors.New("cli_dbgets: Invalid data or internal buffer too small")
)

// lineReader cuts a database into lines the way ClamAV's fgets loop does.
type lineReader struct {
	r      io.Reader
	max    int  // longest piece in bytes, line feed included
	member bool // of a container: lines are not split, and must have an end
	buf    []byte
	rest   string // unread text
	eof    bool
	err    error // of the reader
}

func newLineReader(r io.Reader, size int, member bool) *lineReader {
	if member {
		return &lineReader{r: r, max: min(size, memberBuffer), member: true}
	}
	return &lineReader{r: r, max: size - 1}
}

// next returns the next line without its end. A NUL ends the text early, as it
// would end a C string, and any run of CR and LF before it is cut.
func (l *lineReader) next() (string, error) {
	for {
		i := strings.IndexByte(l.rest, '\n')
		if i < 0 && len(l.rest) < l.wanted() && !l.eof {
			if err := l.fill(); err != nil {
				return "", err
			}
			continue
		}
		n := i + 1
		if i < 0 {
			n = len(l.rest)
		}
		if n == 0 {
			return "", io.EOF
		}
		if l.member && (i < 0 || n > l.max) {
			return "", l.damage(i)
		}
		n = min(n, l.max)
		line := l.rest[:n]
		l.rest = l.rest[n:]
		return chomp(line), nil
	}
}

// wanted is how much text decides about the next line.
func (l *lineReader) wanted() int {
	if l.member {
		return memberBuffer
	}
	return l.max
}

// damage tells what is wrong with a line of a member; i is where its line feed is.
func (l *lineReader) damage(i int) error {
	switch {
	case i >= 0 && i < memberBuffer:
		return errLongLine
	case len(l.rest) < memberBuffer:
		return errNoLineEnd
	}
	return errNotRead
}

// fill reads more text behind what is unread.
func (l *lineReader) fill() error {
	if l.err != nil {
		return l.err
	}
	if l.buf == nil {
		l.buf = make([]byte, blockSize)
	}
	n := copy(l.buf, l.rest)
	m, err := io.ReadFull(l.r, l.buf[n:])
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		l.eof = true
	case err != nil:
		l.err = err
		return err
	}
	l.rest = string(l.buf[:n+m])
	return nil
}

func chomp(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	n := len(s)
	for n > 0 && (s[n-1] == '\n' || s[n-1] == '\r') {
		n--
	}
	return s[:n]
}

// fields cuts s at sep into at most len(dst) pieces; the last takes the rest.
// It returns the pieces found.
func fields(dst []string, s string, sep byte) []string {
	n := 0
	for n < len(dst)-1 {
		i := strings.IndexByte(s, sep)
		if i < 0 {
			break
		}
		dst[n] = s[:i]
		s = s[i+1:]
		n++
	}
	dst[n] = s
	return dst[:n+1]
}
