package script

// maxEval bounds the bytes of code given to eval that are expanded in one
// script; calls beyond it stay as they are.
const maxEval = 4 << 20

// folder carries out calls of unescape and eval with a literal.
type folder struct {
	src    func() token // the tokens of the script
	expand func(code []byte, scope int32) []token

	inner []token // tokens of expanded code, to be looked at before src
	look  [4]token
	n     int // tokens in look
	back  [3]token
	nback int
	skip  bool // the next token starts no call
	eval  int  // bytes expanded so far
}

// next returns the next token with calls replaced by their result.
func (f *folder) next() token {
	f.fill(1)
	t := f.look[0]
	if !f.skip && t.call("eval") && f.fill(4) &&
		f.look[1].is('(') && f.look[2].kind == str && f.look[3].is(')') &&
		len(f.look[2].text) <= maxEval-f.eval {
		code := f.look[2].text
		f.eval += len(code)
		f.n = 0
		if f.fill(1); f.look[0].is(';') {
			f.n = 0
		}
		f.insert(f.expand(code, t.scope))
		f.skip = true
		return f.next()
	}
	f.skip = false
	f.n--
	copy(f.look[:], f.look[1:])
	return t
}

// insert puts tokens before those that were looked at.
func (f *folder) insert(tokens []token) {
	f.inner = append(append(tokens, f.look[:f.n]...), f.inner...)
	f.n = 0
}

// fill looks at n tokens and tells whether there are that many.
func (f *folder) fill(n int) bool {
	for f.n < n {
		f.look[f.n] = f.pull()
		f.n++
	}
	return f.look[n-1].kind != none
}

func (f *folder) pull() token {
	if len(f.inner) > 0 {
		t := f.inner[0]
		f.inner = f.inner[1:]
		return t
	}
	return f.unescaped()
}

// raw returns the next token of the script itself.
func (f *folder) raw() token {
	if f.nback > 0 {
		t := f.back[0]
		copy(f.back[:], f.back[1:])
		f.nback--
		return t
	}
	return f.src()
}

// unescaped returns the next token of the script itself, with a call of
// unescape replaced by the string. The token after the string is swallowed
// even when it is no ')': a slip of the original.
func (f *folder) unescaped() token {
	t := f.raw()
	if !t.call("unescape") {
		return t
	}
	paren := f.raw()
	if !paren.is('(') {
		f.hold(paren)
		return t
	}
	s := f.raw()
	if s.kind != str {
		f.hold(paren, s)
		return t
	}
	end := f.raw()
	if end.kind == none {
		f.hold(paren, s, end)
		return t
	}
	return token{kind: str, text: unescape(s.text)}
}

// hold puts tokens back in front of those already held.
func (f *folder) hold(t ...token) {
	var b [3]token
	n := copy(b[:], t)
	copy(b[n:], f.back[:f.nback])
	f.back, f.nback = b, min(n+f.nback, len(b))
}
