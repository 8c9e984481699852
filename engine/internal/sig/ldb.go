package sig

import (
	"errors"
	"strings"
)

// maxSubsigs is the number of subsignatures ClamAV keeps counters for.
const maxSubsigs = 64

// parseLDB reads Name;TargetDescriptionBlock;Logic;Sub0[;Sub1…].
func parseLDB(f *file, text string) error {
	l, err := f.logical(text, -1)
	if err != nil {
		return err
	}
	return f.sink.Logical(l)
}

// logical reads a logical signature; bytecode is the number of the program it
// triggers, or -1. Triggers may leave subsignatures unreferenced. The order of
// the checks is observable: see signatures.md 3.3.
func (f *file) logical(text string, bytecode int) (*Logical, error) {
	tok := splitLogical(f.tok[:], text)
	if len(tok) < 4 {
		f.errorf("Invalid or unsupported ldb signature format")
		return nil, errMalformed
	}
	name, subs := tok[0], tok[3:]
	if f.unwanted(name) || f.isIgnored(name, text) {
		return nil, errSkip
	}
	expr, err := f.expr(tok[2], len(subs), bytecode >= 0)
	if err != nil {
		return nil, err
	}
	tdb, err := f.parseTDB(tok[1])
	if err == nil {
		err = f.checkTDB(tdb)
	}
	if err != nil {
		if !errors.Is(err, errSkip) {
			f.errorf("cli_loadldb: Failed to initialize target description block")
		}
		return nil, err
	}
	l := &Logical{TDB: tdb.TDB, Expr: expr, Line: text, Bytecode: bytecode}
	if l.Name, err = f.virname(name); err != nil {
		f.errorf("cli_loadldb: Can't allocate memory for virname in lsig table")
		return nil, errMemory
	}
	l.Subs = make([]Subsig, len(subs))
	for i, s := range subs {
		if err := f.subsig(&l.Subs[i], s, i, name, l.TDB.Target); err != nil {
			f.errorf("cli_loadldb: failed to parse subsignature %d in %s", i, name)
			return nil, err
		}
	}
	return l, nil
}

// expr parses the logic and compares it with the number of subsignatures.
func (f *file) expr(text string, subs int, trigger bool) (*Expr, error) {
	expr, err := ParseExpr(text)
	if err != nil {
		f.logicError(err)
		f.errorf("Invalid or unsupported ldb logic")
		return nil, errMalformed
	}
	ids := expr.MaxID() + 1
	if ids != subs && (!trigger || ids > subs) {
		f.errorf("cli_loadldb: The number of subsignatures (== %d) doesn't match the IDs in the logical expression (== %d)", subs, ids)
		return nil, errMalformed
	}
	if ids > maxSubsigs || subs > maxSubsigs {
		f.errorf("cli_loadldb: Broken logical expression or too many subsignatures")
		return nil, errMalformed
	}
	return expr, nil
}

// logicError reports the chain of a malformed expression.
func (f *file) logicError(err error) {
	var le *logicError
	if !errors.As(err, &le) {
		return
	}
	for _, line := range le.Lines() {
		f.errorf("%s", line)
	}
}

// splitLogical cuts at semicolons, except, from the third field on, inside of a
// regular expression between two slashes; a slash behind a backslash does not
// count. Fields beyond len(dst) stay in the last one.
func splitLogical(dst []string, text string) []string {
	n, start, inside := 0, 0, false
	for i := 0; i < len(text) && n < len(dst)-1; i++ {
		switch text[i] {
		case '/':
			if n >= 2 && (i == 0 || text[i-1] != '\\') {
				inside = !inside
			}
		case ';':
			if inside {
				continue
			}
			dst[n] = text[start:i]
			n, start = n+1, i+1
		}
	}
	if n == len(dst)-1 {
		// One field too many: its text does not matter, only that it is there.
		dst[n], _, _ = strings.Cut(text[start:], ";")
		return dst
	}
	dst[n] = text[start:]
	return dst[:n+1]
}
