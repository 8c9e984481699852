package script

// kind is the kind of a token.
type kind uint8

const (
	none   kind = iota // end of the input
	op                 // punctuation
	word               // identifier or keyword
	str                // string literal
	number             // integer or decimal fraction
)

// token is one lexical element.
type token struct {
	kind   kind
	op     byte   // punctuation: its character; 0 for one of several characters
	dotted bool   // word: it follows a '.'
	scope  int32  // word: the scope it was read in; -1 when it is never renamed
	text   []byte // spelling: decoded for strings, canonical for numbers
}

func (t *token) is(c byte) bool { return t.kind == op && t.op == c }

// call tells whether t is a plain use of the function called name.
func (t *token) call(name string) bool {
	return t.kind == word && !t.dotted && string(t.text) == name
}

// keywords are the reserved words of ECMAScript 3 and earlier drafts, which
// cannot be declared. Observed: sigtool 1.4.6.
var keywords = makeKeywords()

func makeKeywords() map[string]bool {
	m := map[string]bool{}
	for _, w := range []string{
		"abstract", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
		"debugger", "default", "delete", "do", "double", "else", "enum", "export", "extends", "false",
		"final", "finally", "float", "for", "function", "goto", "if", "implements", "import", "in",
		"instanceof", "int", "interface", "long", "native", "new", "null", "package", "private",
		"protected", "public", "return", "short", "static", "super", "switch", "synchronized", "this",
		"throw", "throws", "transient", "true", "try", "typeof", "var", "void", "volatile", "while", "with",
	} {
		m[w] = true
	}
	return m
}
