package pdf

import "bytes"

// frame is an open dictionary or array on the way to a value.
type frame struct {
	dict  bool
	want  bool   // a dictionary: the next name is a key
	key   string // of the value being read
	index int    // of the value being read, in an array
	at    int    // of the opening bracket
}

const (
	maxFrames  = 64   // nesting that is told apart
	checkEvery = 4096 // tokens between two looks at the budget
)

// visitor sees the scalar values of an object, with the frames they lie in, and
// each name, be it key or value.
type visitor interface {
	value(st []frame, t token)
	name(n string, escaped bool)
}

// walker goes over one object's value without recursion.
type walker struct {
	lx   lexer
	v    visitor
	tick func() error
	st   []frame
	over int  // frames open beyond maxFrames
	wide bool // headers of other objects do not end the value
	nums [2]token
}

// walk visits the value at lx and returns the place behind it. closed tells
// whether the value ended by itself, not by a keyword or the end of the text.
func (w *walker) walk() (end int, closed bool, err error) {
	base := len(w.st)
	for n := 1; ; n++ {
		if n%checkEvery == 0 {
			if err := w.tick(); err != nil {
				return w.lx.pos, false, err
			}
		}
		t := w.lx.next()
		switch t.kind {
		case tokEnd:
			return t.from, false, nil
		case tokOpen:
			w.open(t)
			continue
		case tokClose:
			if w.close(t, base) {
				return w.lx.pos, true, nil
			}
			continue
		case tokKeyword:
			if word := w.lx.b[t.from:t.to]; ends(word) && !(w.wide && string(word) == "obj") {
				return t.from, false, nil
			}
		}
		w.scalar(t)
		if len(w.st) == base && t.kind != tokNumber && t.kind != tokKeyword {
			return w.lx.pos, soundString(t, w.lx.b[t.from:t.to]), nil
		}
	}
}

// soundString tells whether a value may be a string. It may as well be a
// dictionary that has lost a bracket or gained a parenthesis.
func soundString(t token, b []byte) bool {
	switch t.kind {
	case tokHex:
		return allHex(b)
	case tokString:
		return !bytes.Contains(b, keyStream)
	}
	return true
}

// ends tells the keywords that no value contains.
func ends(b []byte) bool {
	switch string(b[:min(len(b), 10)]) {
	case "stream", "endstream", "obj", "endobj", "xref", "trailer", "startxref":
		return true
	}
	return false
}

func (w *walker) top() *frame {
	if len(w.st) == 0 {
		return nil
	}
	return &w.st[len(w.st)-1]
}

func (w *walker) open(t token) {
	w.nums = [2]token{}
	if len(w.st) >= maxFrames {
		w.over++
		return
	}
	w.st = append(w.st, frame{dict: t.dict, want: t.dict, at: t.from})
}

// close ends the innermost dictionary or array; done tells that it was the
// outermost one.
func (w *walker) close(t token, base int) (done bool) {
	w.nums = [2]token{}
	if w.over > 0 {
		w.over--
		return false
	}
	if len(w.st) == base {
		return false
	}
	if w.top().dict && !t.dict {
		return false // a lone ] in a dictionary
	}
	for t.dict && !w.top().dict && len(w.st) > base+1 {
		w.st = w.st[:len(w.st)-1] // arrays without end
	}
	w.st = w.st[:len(w.st)-1]
	w.valueDone()
	return len(w.st) == base
}

// valueDone moves the innermost frame on to its next key or element.
func (w *walker) valueDone() {
	if f := w.top(); f != nil {
		f.want = f.dict
		f.index++
	}
}

func (w *walker) scalar(t token) {
	f := w.top()
	if t.kind == tokName {
		n, escaped := name(w.lx.b[t.from:t.to])
		w.v.name(n, escaped)
		if f != nil && f.dict && f.want && w.over == 0 {
			f.key, f.want = n, false
			w.nums = [2]token{}
			return
		}
	}
	if t.kind == tokKeyword && t.to-t.from == 1 && w.lx.b[t.from] == 'R' && w.nums[0].kind == tokNumber {
		w.ref(t)
		return
	}
	if t.kind == tokNumber {
		w.nums[0], w.nums[1] = w.nums[1], t
	} else {
		w.nums = [2]token{}
	}
	if f != nil && f.dict && f.want { // the second number of a reference
		return
	}
	w.v.value(w.st, t)
	w.valueDone()
}

// ref makes one value of the last two numbers and R. An array has counted both
// numbers by then.
func (w *walker) ref(t token) {
	r := token{kind: tokRef, num: w.nums[0].num, from: w.nums[0].from, to: t.to}
	w.nums = [2]token{}
	if f := w.top(); f != nil && !f.dict {
		f.index = max(f.index-2, 0)
	}
	w.v.value(w.st, r)
	if f := w.top(); f != nil && !f.dict {
		f.index++
	}
}
