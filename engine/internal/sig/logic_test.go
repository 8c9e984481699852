package sig

import (
	"fmt"
	"testing"
)

// show prints the structure of an expression with all parentheses.
func show(e *Expr) string {
	cmp := ""
	if e.Cmp != 0 {
		cmp = fmt.Sprintf("%c%d", e.Cmp, e.N)
		if e.HasY {
			cmp += fmt.Sprintf(",%d", e.Y)
		}
	}
	switch e.Op {
	case ExprID:
		return fmt.Sprint(e.ID) + cmp
	case ExprBlock:
		return "[" + show(e.Left) + "]" + cmp
	case ExprAnd:
		return "(" + show(e.Left) + "&" + show(e.Right) + ")"
	}
	return "(" + show(e.Left) + "|" + show(e.Right) + ")"
}

func TestExpressionsSplitWhereClamAVSplitsThem(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"0", "0"},
		{"0&1|2", "(0&(1|2))"},
		{"0|1&2", "(0|(1&2))"},
		{"(0&1|2)", "[((0&1)|2)]"},
		{"(2|1&0&3=0)", "[((2|(1&0))&3=0)]"},
		{"(0&1)|2", "([(0&1)]|2)"},
		{"((0|1)&(2|3))", "[([(0|1)]&[(2|3)])]"},
		{"(0|1)>2,2&3", "([(0|1)]>2,2&3)"},
		{"0 & 1", "(0&1)"},
		{"0>1,1", "0>1"},
		{"0>=1", "0=1"},
		{"((0&1))", "[[(0&1)]]"},
	} {
		e, err := ParseExpr(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if got := show(e); got != c.want {
			t.Errorf("%s is %s, want %s", c.in, got, c.want)
		}
	}
}

func TestMalformedExpressionsAreRefused(t *testing.T) {
	for _, in := range []string{"", "&0", "0&", "0&&1", "a&1", "!0", "0=", "(0)=2", "(0", "0)", "(0&1", "0&(1"} {
		if e, err := ParseExpr(in); err == nil {
			t.Errorf("%q was accepted as %s", in, show(e))
		}
	}
}
