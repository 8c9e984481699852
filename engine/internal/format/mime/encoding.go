package mime

import "strings"

// encoding is a content transfer encoding that must be undone.
type encoding uint8

// The encodings. None stands for 7bit, 8bit and binary.
const (
	encNone encoding = iota
	encBase64
	encQP
	encUU
	encYenc
	encBinHex
)

// encodingWord is a spelling of an encoding.
type encodingWord struct {
	word string
	enc  encoding
}

// encodingWords are the spellings clamscan 1.4.6 knows.
var encodingWords = [...]encodingWord{
	{"7bit", encNone},
	{"8bit", encNone},
	{"8", encNone},
	{"bit", encNone},
	{"binary", encNone},
	{"text/plain", encNone},
	{"us-ascii", encNone},
	{"quoted-printable", encQP},
	{"base64", encBase64},
	{"x-uuencode", encUU},
	{"x-uue", encUU},
	{"uuencode", encUU},
	{"x-yencode", encYenc},
	{"x-yenc", encYenc},
	{"x-binhex", encBinHex},
	{"x-binhex40", encBinHex},
}

// addEncodings adds the encodings named in a header value. All of them will be
// tried, each on its own. An unknown word means the most similar known one, or
// else base64 and quoted-printable.
func (e *entity) addEncodings(value string) {
	for word := range strings.FieldsSeq(strings.ToLower(value)) {
		if e.words++; e.words > maxEncodingWords {
			return
		}
		enc, ok := encodingOf(word)
		if !ok {
			e.addEncoding(encBase64)
			e.addEncoding(encQP)
			continue
		}
		if enc != encNone {
			e.addEncoding(enc)
		}
	}
}

func (e *entity) addEncoding(enc encoding) {
	for _, x := range e.encodings {
		if x == enc {
			return
		}
	}
	e.encodings = append(e.encodings, enc)
}

// encodingOf interprets one word.
func encodingOf(word string) (encoding, bool) {
	for _, w := range encodingWords {
		if w.word == word {
			return w.enc, true
		}
	}
	best, enc := minSimilarity-1, encNone
	for _, w := range encodingWords {
		if word[0] != w.word[0] && word[0] != 'x' {
			continue
		}
		if s := similarity(word, w.word); s > best {
			best, enc = s, w.enc
		}
	}
	return enc, best >= minSimilarity
}

// minSimilarity is the least similarity, of 100, at which a word is taken for a
// known one (observed: clamscan 1.4.6).
const minSimilarity = 50

// maxEncodingWords bounds the words looked at for one part; there are five
// encodings to be named.
const maxEncodingWords = 64

// maxWord bounds the words that are compared by similarity.
const maxWord = 64

// closest returns the word most similar to s, "" if none is similar enough.
func closest(s string, words []string) string {
	best, found := minSimilarity-1, ""
	for _, w := range words {
		if n := similarity(s, w); n > best {
			best, found = n, w
		}
	}
	return found
}

// similarity is the Ratcliff/Obershelp measure, 0 to 100: twice the length of
// the longest common substring and, on both sides of it, of the next ones.
func similarity(a, b string) int {
	if len(a) == 0 || len(b) == 0 || len(a) > maxWord {
		return 0
	}
	type pair struct{ a, b string }
	todo := []pair{{a, b}}
	common := 0
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		i, j, n := longestCommon(x.a, x.b)
		if n == 0 {
			continue
		}
		common += n
		todo = append(todo, pair{x.a[:i], x.b[:j]}, pair{x.a[i+n:], x.b[j+n:]})
	}
	return 200 * common / (len(a) + len(b))
}

// longestCommon finds the longest common substring.
func longestCommon(a, b string) (i, j, n int) {
	for x := range len(a) {
		for y := range len(b) {
			k := 0
			for x+k < len(a) && y+k < len(b) && a[x+k] == b[y+k] {
				k++
			}
			if k > n {
				i, j, n = x, y, k
			}
		}
	}
	return i, j, n
}
