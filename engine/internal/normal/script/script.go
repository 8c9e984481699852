package script

import "strconv"

// Normalize appends the canonical form of a script to dst. The text must not
// change during the call. cuts are the ascending offsets at which the page was
// cut while it was read; they end line comments.
//
// The form has no start and end tag of its own; an end tag at the end of the
// text appears as its tokens.
func Normalize(dst, src []byte, cuts []int) []byte {
	s := newScopes()
	lex := lexer{src: src, cuts: cuts, whole: true}
	w := newWalker(s, true)
	open, calls := 0, false
	for {
		t := lex.next()
		if t.kind == none {
			break
		}
		w.see(&t)
		switch {
		case t.is('('):
			open++
		case t.is(')') && open > 0:
			open--
		case t.call("eval") || t.call("unescape"):
			calls = true
		}
	}
	again := func() func() token {
		lex, w, open := lexer{src: src, cuts: cuts, whole: true}, newWalker(s, false), open
		return func() token {
			t := lex.next()
			if t.kind == none && open > 0 {
				open--
				return token{kind: op, op: ')', text: []byte{')'}}
			}
			w.see(&t)
			return t
		}
	}
	next := again()
	if calls {
		next = fold(again, &lex, w)
	}
	out := writer{dst: dst, scopes: s}
	for t := next(); t.kind != none; t = next() {
		out.token(&t)
	}
	return out.dst
}

// fold returns the tokens of a script with calls carried out. Code given to
// eval is read after the whole script, in the states of lex and w that the end
// of the script leaves, and what it declares counts for the whole script; but
// its words mean what they mean at the place of the call.
func fold(again func() func() token, lex *lexer, w *walker) func() token {
	var codes [][]token
	end := w.stack[len(w.stack)-1].scope
	dry := folder{src: again(), expand: func(code []byte, scope int32) []token {
		var out []token
		lex.more(code)
		for t := lex.next(); t.kind != none; t = lex.next() {
			if w.see(&t); t.scope == end {
				t.scope = scope
			}
			out = append(out, t)
		}
		codes = append(codes, out)
		return append([]token(nil), out...)
	}}
	for t := dry.next(); t.kind != none; t = dry.next() {
	}
	wet := folder{src: again(), expand: func([]byte, int32) []token {
		out := codes[0]
		codes = codes[1:]
		return out
	}}
	return wet.next
}

// writer spells tokens.
type writer struct {
	dst    []byte
	scopes *scopes
	last   token
}

// token writes one token, with a blank between two words or numbers. After a
// member name the blank depends on its last character.
func (w *writer) token(t *token) {
	if (t.kind == word || t.kind == number) && (w.last.kind == word || w.last.kind == number) {
		if !w.last.dotted || endsAlphanumeric(w.dst) {
			w.dst = append(w.dst, ' ')
		}
	}
	w.last = *t
	switch t.kind {
	case str:
		w.dst = append(w.dst, '"')
		w.text(t.text)
		w.dst = append(w.dst, '"')
		return
	case word:
		if t.scope < 0 {
			break
		}
		if n, ok := w.scopes.find(t.scope, t.text); ok {
			w.name(n)
			return
		}
	}
	w.text(t.text)
}

func endsAlphanumeric(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	c := b[len(b)-1]
	return isWord(c) && c != '_' && c != '$'
}

// name writes the replacement of a declared name.
func (w *writer) name(n int32) {
	w.dst = append(w.dst, 'n')
	for limit := int32(100); limit > 1 && n < limit; limit /= 10 {
		w.dst = append(w.dst, '0')
	}
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
}

// text writes bytes in lower case, white space as blanks.
func (w *writer) text(b []byte) {
	for _, c := range b {
		switch {
		case c-'A' < 26:
			c += 'a' - 'A'
		case isSpace(c):
			c = ' '
		}
		w.dst = append(w.dst, c)
	}
}
