package cvd

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ScriptError says which line of a script could not be carried out.
type ScriptError struct {
	Line    int    // 1-based
	Command string // the line's first word
	Err     error
}

// Error implements error.
func (e *ScriptError) Error() string {
	return fmt.Sprintf("cdiff: %v on line %d: %s", e.Err, e.Line, e.Command)
}

// Unwrap returns the cause.
func (e *ScriptError) Unwrap() error { return e.Err }

// edit replaces or deletes one line of a file.
type edit struct {
	line    int    // 1-based, of the file as it was when opened
	prefix  string // the line must begin with it
	replace bool
	with    string // new line, without line end
}

// session is what one OPEN … CLOSE does to a file.
type session struct {
	name  string
	edits []edit
	adds  [][]byte // lines to append, without line end
}

// ApplyScript carries out the commands of an incremental update on the files of
// an unpacked container. dir is left half changed on error: work on a copy.
//
// Commands: OPEN, ADD, DEL, XCHG, CLOSE, MOVE, UNLINK; "#" begins a comment.
// Unlike the reference MOVE's names obey OPEN's rule, too. The error is a
// *ScriptError, or wraps ErrMalformed.
func ApplyScript(script []byte, dir Dir) error {
	r := scriptRun{dir: dir}
	for len(script) > 0 {
		var line []byte
		line, script, _ = bytes.Cut(script, []byte("\n"))
		r.line++
		if len(line) > 0 && line[0] == '#' {
			continue
		}
		word, rest, _ := bytes.Cut(line, []byte(" "))
		if err := r.command(string(word), rest); err != nil {
			return &ScriptError{r.line, clip(string(word)), err}
		}
	}
	if r.open != nil {
		return &ScriptError{r.line, "OPEN", malformed("File %s left open", r.open.name)}
	}
	return nil
}

// scriptRun is the state of one ApplyScript.
type scriptRun struct {
	dir  Dir
	line int
	open *session
}

func (r *scriptRun) command(word string, rest []byte) error {
	needsOpen := word == "ADD" || word == "DEL" || word == "XCHG" || word == "CLOSE"
	if needsOpen && r.open == nil {
		return malformed("No open file")
	}
	if !needsOpen && r.open != nil {
		return malformed("File %s already open", r.open.name)
	}
	switch word {
	case "OPEN":
		name, err := scriptName(string(rest))
		if err != nil {
			return err
		}
		r.open = &session{name: name}
		return nil
	case "ADD":
		if rest != nil { // observed: without a parameter it adds nothing
			r.open.adds = append(r.open.adds, rest)
		}
		return nil
	case "DEL", "XCHG":
		e, err := parseEdit(word, string(rest))
		if err != nil {
			return err
		}
		r.open.edits = append(r.open.edits, e)
		return nil
	case "CLOSE":
		s := r.open
		r.open = nil
		return s.apply(r.dir)
	case "MOVE":
		m, err := parseMove(string(rest))
		if err != nil {
			return err
		}
		return m.apply(r.dir)
	case "UNLINK":
		name, err := scriptName(string(rest))
		if err != nil {
			return err
		}
		return r.dir.Remove(name)
	}
	return malformed("Unknown command")
}

// parseEdit reads "N PREFIX" or "N PREFIX NEW LINE". The prefix ends at the next
// blank, so that it may be shorter than what the line had before its first blank.
func parseEdit(word, s string) (edit, error) {
	num, rest, ok := strings.Cut(s, " ")
	n, err := parseCount(num)
	if !ok || err != nil || n == 0 {
		return edit{}, malformed("Missing or bad line number")
	}
	prefix, with, two := strings.Cut(rest, " ")
	if word == "XCHG" && !two {
		return edit{}, malformed("Missing parameter")
	}
	return edit{line: n, prefix: prefix, replace: word == "XCHG", with: with}, nil
}

// apply edits the file, if there are edits, and appends to it.
func (s *session) apply(dir Dir) error {
	if len(s.edits) > 0 {
		s.sortEdits()
		if err := rewrite(dir, s.name, s.editLine()); err != nil {
			return err
		}
	}
	if len(s.adds) == 0 {
		return nil
	}
	return appendLines(dir, s.name, s.adds)
}

// sortEdits puts edits in order of lines. Of several edits of one line the last
// counts (observed: sigtool 1.4.6 --run-cdiff with unsigned scripts).
func (s *session) sortEdits() {
	slices.SortStableFunc(s.edits, func(a, b edit) int { return a.line - b.line })
	out := s.edits[:0]
	for i, e := range s.edits {
		if i+1 == len(s.edits) || s.edits[i+1].line != e.line {
			out = append(out, e)
		}
	}
	s.edits = out
}

// editLine returns the function that rewrite asks about each line, and at the
// end of the file with a nil line.
func (s *session) editLine() func(n int, line []byte) (keep []byte, err error) {
	left := s.edits
	return func(n int, line []byte) ([]byte, error) {
		if line == nil {
			if len(left) > 0 {
				return nil, malformed("No line %s in %s", strconv.Itoa(left[0].line), s.name)
			}
			return nil, nil
		}
		if len(left) == 0 || left[0].line != n {
			return line, nil
		}
		e := left[0]
		left = left[1:]
		if !bytes.HasPrefix(line, []byte(e.prefix)) {
			return nil, malformed("Line %d of %s does not begin with %q", n, s.name, clip(e.prefix))
		}
		if !e.replace {
			return nil, nil
		}
		return append([]byte(e.with), '\n'), nil
	}
}

// move is "MOVE SRC DST N1 PREFIX1 N2 PREFIX2".
type move struct {
	from, to    string
	first, last int
	prefixes    [2]string
}

func parseMove(s string) (move, error) {
	f := strings.Split(s, " ")
	if len(f) < 6 {
		return move{}, malformed("Missing parameter")
	}
	from, err := scriptName(f[0])
	if err != nil {
		return move{}, err
	}
	to, err := scriptName(f[1])
	if err != nil {
		return move{}, err
	}
	first, err1 := parseCount(f[2])
	last, err2 := parseCount(f[4])
	if err1 != nil || err2 != nil || first == 0 || last < first || from == to || f[3] == "" || f[5] == "" {
		return move{}, malformed("Bad parameter")
	}
	return move{from, to, first, last, [2]string{f[3], f[5]}}, nil
}

func (m move) apply(dir Dir) error {
	probe, err := dir.Open(m.to)
	if err != nil {
		return err
	}
	_ = probe.Close()
	out, err := dir.Append(m.to)
	if err != nil {
		return err
	}
	err = rewrite(dir, m.from, func(n int, line []byte) ([]byte, error) {
		switch {
		case line == nil:
			return nil, m.complete(n)
		case n < m.first || n > m.last:
			return line, nil
		case n == m.first && !bytes.HasPrefix(line, []byte(m.prefixes[0])),
			n == m.last && !bytes.HasPrefix(line, []byte(m.prefixes[1])):
			return nil, malformed("Line %d of %s begins otherwise", n, m.from)
		}
		_, err := out.Write(line)
		return nil, err
	})
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}

func (m move) complete(lines int) error {
	if lines <= m.last {
		return malformed("No line %d in %s", m.last, m.from)
	}
	return nil
}

// scriptName checks the rule for file names in scripts: letters, digits, "." and
// "_", no hidden files, no directories.
func scriptName(s string) (string, error) {
	if s == "" || len(s) > nameLength || s[0] == '.' {
		return "", malformed("Forbidden file name")
	}
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if c >= 'a' && c <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == '_' {
			continue
		}
		return "", malformed("Forbidden file name")
	}
	return s, nil
}

// clip shortens text of a script for messages.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
