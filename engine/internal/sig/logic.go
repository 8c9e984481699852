package sig

import (
	"strings"
)

// Expr is a logical expression over subsignature counts.
//
// The language has no precedence. Outside of parentheses the first & or | splits
// the text; directly inside a pair of parentheses the last one does, and what
// stands left of it is again split at its first (observed with clamscan 1.4.6:
// 0&1|2 means 0&(1|2), but (0&1|2) means ((0&1)|2)).
type Expr struct {
	Op    ExprOp
	ID    int // ExprID
	Left  *Expr
	Right *Expr // ExprAnd, ExprOr
	// Cmp is the comparison '=', '>' or '<' of an id or a block; 0 for none.
	Cmp  byte
	N    uint32 // compared with the count
	Y    uint32 // at least Y distinct ids must have matched; with HasY
	HasY bool
}

// ExprOp is the kind of an expression node.
type ExprOp uint8

// The expression nodes.
const (
	ExprID    ExprOp = iota
	ExprBlock        // ( Left ) with a comparison
	ExprAnd
	ExprOr
)

// maxExprDepth bounds parentheses so that a hostile line cannot exhaust the stack.
const maxExprDepth = 256

// logicError is a malformed expression; Lines is ClamAV's message chain.
type logicError struct{ lines []string }

func (e *logicError) Error() string { return strings.Join(e.lines, ": ") }

// Lines returns ClamAV's message chain.
func (e *logicError) Lines() []string { return e.lines }

func badLogic(lines ...string) error { return &logicError{lines: lines} }

// ParseExpr parses a logical expression such as (0&1)>2|3=0.
func ParseExpr(text string) (*Expr, error) { return parseExpr(text, 0, false) }

// parseExpr splits at the first operator, or at the last one in a block.
func parseExpr(text string, depth int, block bool) (*Expr, error) {
	if depth > maxExprDepth {
		return nil, badLogic("cli_ac_chklsig: Syntax error: expression nested too deeply")
	}
	split := -1
	level := 0
	for i := 0; i < len(text) && (block || split < 0); i++ {
		switch text[i] {
		case '(':
			level++
		case ')':
			if level == 0 {
				return nil, badLogic("cli_ac_chklsig: Syntax error: Missing opening parenthesis")
			}
			level--
		case '&', '|':
			if level == 0 {
				split = i
			}
		}
	}
	if split < 0 {
		if level > 0 {
			return nil, badLogic("cli_ac_chklsig: Syntax error: Missing closing parenthesis")
		}
		return parseTerm(text, depth)
	}
	return parseOperator(text, split, depth)
}

func parseOperator(text string, at, depth int) (*Expr, error) {
	if at == 0 {
		return nil, badLogic("cli_ac_chklsig: Syntax error: Missing left argument")
	}
	if at == len(text)-1 {
		return nil, badLogic("cli_ac_chklsig: Syntax error: Missing right argument")
	}
	left, err := parseExpr(text[:at], depth+1, false)
	if err != nil {
		return nil, addLogic(err, "cli_ac_chklsig: Calculation of lval failed")
	}
	right, err := parseExpr(text[at+1:], depth+1, false)
	if err != nil {
		return nil, addLogic(err, "cli_ac_chklsig: Calculation of rval failed")
	}
	op := ExprAnd
	if text[at] == '|' {
		op = ExprOr
	}
	return &Expr{Op: op, Left: left, Right: right}, nil
}

func addLogic(err error, line string) error {
	if le, ok := err.(*logicError); ok {
		return badLogic(append(le.lines, line)...)
	}
	return err
}

// parseTerm reads an id or a block, each with an optional comparison.
func parseTerm(text string, depth int) (*Expr, error) {
	trimmed := strings.TrimLeft(text, " \t")
	if strings.HasPrefix(trimmed, "(") {
		return parseBlock(trimmed, depth)
	}
	n := 0
	for n < len(trimmed) && trimmed[n] >= '0' && trimmed[n] <= '9' {
		n++
	}
	if n == 0 {
		return nil, badLogic("cli_ac_chklsig: Can't parse " + text)
	}
	id, _ := digits(trimmed[:n])
	e := &Expr{Op: ExprID, ID: int(min(id, 1<<20))}
	if err := parseComparison(e, trimmed[n:]); err != nil {
		return nil, err
	}
	e.HasY, e.Y = false, 0 // ClamAV ignores ,Y behind a single id
	return e, nil
}

func parseBlock(text string, depth int) (*Expr, error) {
	end := strings.LastIndexByte(text, ')')
	inner, rest := text[1:end], text[end+1:]
	child, err := parseExpr(inner, depth+1, true)
	if err != nil {
		return nil, err
	}
	b := &Expr{Op: ExprBlock, Left: child}
	if err := parseComparison(b, rest); err != nil {
		return nil, err
	}
	if b.Cmp != 0 && child.Op == ExprID && child.Cmp == 0 {
		return nil, badLogic("cli_ac_chklsig: Syntax error: Missing opening parenthesis")
	}
	return b, nil
}

// parseComparison reads =X, >X, <X with an optional ,Y; of several comparison
// characters in a row the last one counts. Other text behind a term is ignored.
func parseComparison(e *Expr, s string) error {
	i := strings.IndexAny(s, "=<>")
	if i != 0 {
		return nil
	}
	for i < len(s) && strings.IndexByte("=<>", s[i]) >= 0 {
		e.Cmp = s[i]
		i++
	}
	n := i
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == i {
		return badLogic("chklexpr: Syntax error: Missing number after '" + string(e.Cmp) + "'")
	}
	e.N, _ = digits(s[i:n])
	if n < len(s) && s[n] == ',' {
		m := n + 1
		for m < len(s) && s[m] >= '0' && s[m] <= '9' {
			m++
		}
		e.Y, _ = digits(s[n+1 : m])
		e.HasY = true
	}
	return nil
}

// MaxID returns the highest subsignature id in the expression.
func (e *Expr) MaxID() int {
	switch e.Op {
	case ExprID:
		return e.ID
	case ExprBlock:
		return e.Left.MaxID()
	}
	return max(e.Left.MaxID(), e.Right.MaxID())
}
