package sig

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
)

// Limits of indicator files.
const (
	maxIOCFile  = 64 << 20 // bytes
	maxIOCDepth = 256      // elements inside each other
)

// iocReader follows an OpenIOC document.
type iocReader struct {
	path   []string
	search string // what the Context of the current item looks at
	isHash bool   // the type attribute of the current Content names a hash
}

// loadIOC takes the hashes of an OpenIOC document: the text of the Content
// elements of its indicator items that say they are hashes. The kind of hash
// follows from the length. Each is a hash signature of any size named after
// file and hash; none is counted (observed: clamscan 1.4.6).
func loadIOC(f *file, r io.Reader) error {
	d := xml.NewDecoder(io.LimitReader(r, maxIOCFile))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var doc iocReader
	taken := 0
	for {
		t, err := d.Token()
		if err != nil {
			break // the end, or damage: what was found before it counts
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(doc.path) == maxIOCDepth {
				return nil
			}
			doc.enter(t)
		case xml.CharData:
			if !doc.atHash() {
				continue
			}
			ok, err := f.indicator(strings.TrimSpace(string(t)))
			if err != nil {
				return err
			}
			if ok {
				taken++
			}
		case xml.EndElement:
			doc.leave()
		}
	}
	if taken == 0 {
		f.warnf("openioc_parse: No hash signatures extracted from %s.", f.name)
	}
	return nil
}

func (r *iocReader) enter(e xml.StartElement) {
	r.path = append(r.path, e.Name.Local)
	r.isHash = false
	switch e.Name.Local {
	case "Context":
		r.search = attribute(e, "search")
	case "Content":
		switch strings.ToLower(attribute(e, "type")) {
		case "md5", "sha1", "sha256":
			r.isHash = true
		case "string":
			r.isHash = isHashSearch(r.search)
		}
	}
}

// atHash tells, once for each element, whether text here is a hash.
func (r *iocReader) atHash() bool {
	ok := r.isHash && len(r.path) > 0 && r.path[len(r.path)-1] == "Content" &&
		slices.Contains(r.path, "Indicator") && slices.Contains(r.path, "IndicatorItem")
	r.isHash = r.isHash && !ok
	return ok
}

func (r *iocReader) leave() {
	if len(r.path) > 0 {
		r.path = r.path[:len(r.path)-1]
	}
	r.isHash = false
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// isHashSearch tells whether a search term of OpenIOC is the hash of a file.
func isHashSearch(term string) bool {
	for _, suffix := range []string{"Md5sum", "Sha1sum", "Sha256sum"} {
		if strings.HasSuffix(term, suffix) {
			return true
		}
	}
	return false
}

// indicator hands over one hash.
func (f *file) indicator(text string) (bool, error) {
	h := &f.hash
	*h = Hash{Use: HashFile, Size: AnySize}
	chain := f.chain
	ok := f.digest(h, text)
	f.chain = chain
	if !ok {
		return false, nil
	}
	var err error
	if h.Name, err = f.virname(f.name + "." + text); err != nil {
		return false, err
	}
	return true, f.sink.Hash(h)
}
