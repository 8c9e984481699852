package script

// Caps on what is kept of declarations. What lies beyond them is not renamed.
const (
	maxScopes  = 1 << 16
	maxNames   = 1 << 17
	maxNesting = 64 // functions looked through for a declaration
)

// decl is where a scope stands in a declaration.
type decl uint8

const (
	declNone     decl = iota
	declName          // after var or ',': the next name is declared
	declList          // after a declared name
	declInit          // after '='
	declFunc          // after function: the next name is its own
	declFuncName      // after the name of a function
	declParams        // after the '(' of a function
)

// frame is the state of one function, or of the script as a whole.
type frame struct {
	scope    int32
	braces   int
	brackets int
	decl     decl
}

// scopes numbers the functions of a script in the order in which they begin,
// and the names that they declare.
type scopes struct {
	parent []int32
	names  map[name]int32
}

type name struct {
	scope int32
	text  string
}

func newScopes() *scopes {
	return &scopes{parent: []int32{-1}, names: map[name]int32{}}
}

// find returns the number of the declaration that a word means.
func (s *scopes) find(scope int32, word []byte) (int32, bool) {
	for i := 0; scope > 0 && i < maxNesting; i++ {
		if n, ok := s.names[name{scope, string(word)}]; ok {
			return n, true
		}
		scope = s.parent[scope]
	}
	n, ok := s.names[name{0, string(word)}]
	return n, ok
}

// walker follows a token stream through its functions. It must be run over the
// same tokens again to find the scopes again; only the first run, for which
// record is set, adds to scopes.
type walker struct {
	*scopes
	record  bool
	next    int32 // number of the next function
	counter int32 // number of the next declared name
	stack   []frame
}

func newWalker(s *scopes, record bool) *walker {
	return &walker{scopes: s, record: record, next: 1, stack: []frame{{}}}
}

// see takes the next token and notes the scope of a word in it.
func (w *walker) see(t *token) {
	f := &w.stack[len(w.stack)-1]
	switch t.kind {
	case word:
		w.word(f, t)
	case op:
		w.punct(f, t.op)
	}
}

func (w *walker) word(f *frame, t *token) {
	if keywords[string(t.text)] {
		switch string(t.text) {
		case "var":
			f.decl, f.brackets = declName, 0
		case "function":
			w.enter(f.scope)
		}
		return
	}
	if t.dotted {
		return
	}
	t.scope = f.scope
	switch f.decl {
	case declName, declParams:
		w.declare(f.scope, t.text)
		f.decl = declList
	case declFunc:
		w.declare(f.scope, t.text)
		f.decl = declFuncName
	}
}

// enter begins a function.
func (w *walker) enter(parent int32) {
	scope := parent
	if w.next < maxScopes {
		scope = w.next
		w.next++
		if w.record {
			w.parent = append(w.parent, parent)
		}
	}
	w.stack = append(w.stack, frame{scope: scope, decl: declFunc})
}

// declare gives a name its number; a second declaration in the same scope
// gives it a new one.
func (w *walker) declare(scope int32, text []byte) {
	if !w.record || len(w.names) >= maxNames {
		return
	}
	w.names[name{scope, string(text)}] = w.counter
	w.counter++
}

func (w *walker) punct(f *frame, c byte) {
	switch c {
	case '(':
		if f.decl == declFunc || f.decl == declFuncName {
			f.decl = declParams
		}
	case ')':
		if f.decl == declFuncName {
			f.decl = declNone
		}
	case ',':
		if (f.decl == declList || f.decl == declInit) && f.braces == 0 && f.brackets == 0 {
			f.decl = declName
		}
	case '=':
		if f.decl == declList {
			f.decl = declInit
		}
	case ';':
		if f.braces == 0 && f.brackets == 0 {
			f.decl = declNone
		}
	case '[':
		if f.decl == declInit || f.decl == declList {
			f.brackets++
		}
	case ']':
		f.brackets = max(f.brackets-1, 0)
	case '{':
		f.braces++
		if f.decl == declFunc || f.decl == declFuncName || f.decl == declParams {
			f.decl = declNone
		}
	case '}':
		f.braces = max(f.braces-1, 0)
		if f.braces == 0 && len(w.stack) > 1 {
			w.stack = w.stack[:len(w.stack)-1]
		}
	}
}
