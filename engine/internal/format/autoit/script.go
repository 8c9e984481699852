package autoit

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Tokens of a script. Those of 0x30 to 0x37 are text.
const (
	tokKeyword   = 0x00
	tokFunction  = 0x01
	tokInt32     = 0x05
	tokInt64     = 0x10
	tokFloat     = 0x20
	tokText      = 0x30
	tokTextEnd   = 0x37
	tokOperators = 0x40
	tokLine      = 0x7f
)

// affixes are what stands before and after each kind of text (observed: clamscan
// 1.4.6).
var affixes = [...]struct{ before, after string }{
	{"", " "}, {"", " "}, {"@", " "}, {"$", " "}, {"", ""}, {".", " "}, {`"`, `" `}, {"", " "},
}

var operators = [...]string{
	",", "=", ">", "<", "<>", ">=", "<=", "(", ")", "+", "-", "/", "*", "&", "[", "]", "==", "^",
	"+=", "-=", "/=", "*=", "&=", "?", ":",
}

// textChunk is how many characters of a text are decoded at a time.
const textChunk = 4096

// script writes a tokenised script out as text.
type script struct {
	r       *bufio.Reader
	started bool
	lines   uint32 // still to come
	text    uint32 // characters of the text under way still to come
	key     uint16 // what they are XORed with: their number
	after   string // what follows them
	out     []byte // written, not read yet
	err     error
}

var errToken = errors.New("autoit: unknown token")

// Read implements io.Reader.
func (s *script) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.err = s.advance()
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// advance writes out the next token or part of one.
func (s *script) advance() error {
	s.out = s.out[:0]
	if !s.started {
		n, err := s.uint32()
		s.started, s.lines = true, n
		return err
	}
	if s.text > 0 {
		return s.chars()
	}
	if s.lines == 0 {
		return io.EOF
	}
	t, err := s.r.ReadByte()
	if err != nil {
		return err
	}
	return s.token(t)
}

func (s *script) token(t byte) error {
	switch {
	case t == tokKeyword:
		return s.word(keywords)
	case t == tokFunction:
		return s.word(functions)
	case t == tokInt32:
		n, err := s.uint32()
		s.print(err, "0x%08x ", n)
		return err
	case t == tokInt64, t == tokFloat:
		var b [8]byte
		_, err := io.ReadFull(s.r, b[:])
		n := binary.LittleEndian.Uint64(b[:])
		if t == tokInt64 {
			s.print(err, "0x%016x ", n)
			return err
		}
		s.print(err, "%s ", strconv.FormatFloat(math.Float64frombits(n), 'g', 6, 64))
		return err
	case t >= tokText && t <= tokTextEnd:
		n, err := s.uint32()
		if err != nil {
			return err
		}
		a := affixes[t-tokText]
		s.text, s.key, s.after = n, uint16(n), a.after
		s.out = append(s.out, a.before...)
		if n == 0 {
			s.out = append(s.out, a.after...)
		}
		return nil
	case t >= tokOperators && int(t) < tokOperators+len(operators):
		s.print(nil, "%s ", operators[t-tokOperators])
		return nil
	case t == tokLine:
		s.lines--
		s.out = append(s.out, '\n')
		return nil
	}
	return errToken
}

func (s *script) uint32() (uint32, error) {
	var b [4]byte
	_, err := io.ReadFull(s.r, b[:])
	return binary.LittleEndian.Uint32(b[:]), err
}

func (s *script) print(err error, layout string, arg any) {
	if err == nil {
		s.out = fmt.Appendf(s.out, layout, arg)
	}
}

// word writes a word of a table; one that is newer than the table by its number.
func (s *script) word(table []string) error {
	n, err := s.uint32()
	switch {
	case err != nil:
	case int64(n) < int64(len(table)):
		s.print(nil, "%s ", table[n])
	default:
		s.print(nil, "UNKNOWN_%d ", n)
	}
	return err
}

// chars writes the next characters of a text: the low byte of each (observed:
// clamscan 1.4.6).
func (s *script) chars() error {
	var b [2 * textChunk]byte
	n, err := io.ReadFull(s.r, b[:2*min(s.text, textChunk)])
	for i := 0; i+1 < n; i += 2 {
		s.out = append(s.out, b[i]^byte(s.key))
	}
	s.text -= uint32(n / 2)
	if s.text == 0 {
		s.out = append(s.out, s.after...)
	}
	return err
}
