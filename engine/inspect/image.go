package inspect

import (
	"encoding/hex"
	"time"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/sig"
)

// fullest is how many of the fullest buckets of each table are shown.
const fullest = 5

// Report says what a compiled database is made of. Sizes are bytes.
type Report struct {
	FormatVersion int            `json:"format_version"`
	Size          int64          `json:"size"`
	Signatures    int            `json:"signatures"` // as clamscan counts them
	PerSignature  float64        `json:"bytes_per_signature"`
	PerPattern    float64        `json:"bytes_per_pattern_signature"` // without hashes
	MaxPattern    int            `json:"max_pattern"`                 // longest part of a pattern
	Fingerprint   string         `json:"fingerprint,omitempty"`
	Sources       []Source       `json:"sources"`
	Sections      []Section      `json:"sections"`
	Targets       []Target       `json:"targets"`
	Hashes        []HashCount    `json:"hashes"`
	Other         map[string]int `json:"other"` // rare kinds of records
	Unsupported   map[string]int `json:"unsupported,omitempty"`
}

// Source is one database file that was compiled.
type Source struct {
	Name       string    `json:"name"`
	Version    int       `json:"version,omitempty"`
	Built      time.Time `json:"built,omitzero"`
	Signatures int       `json:"signatures"`
	Official   bool      `json:"official,omitempty"`
}

// Section is a section of the file.
type Section struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// Target is what there is for one target type.
type Target struct {
	Number  int    `json:"target"`
	Body    int    `json:"body"`    // body signatures
	Logical int    `json:"logical"` // logical signatures
	Types   int    `json:"types"`   // file type patterns
	Always  int    `json:"always"`  // logical signatures that every object must be tried with
	Table   *Table `json:"table,omitempty"`
}

// Table is the table of literals of a target.
type Table struct {
	Size     int64    `json:"size"`
	Literals int      `json:"literals"`       // of four bytes and more
	Short    int      `json:"short_literals"` // of two and three bytes
	Bits     int      `json:"bitmap_bits"`
	Set      int      `json:"bitmap_set"` // Set of Bits: the share of random text that passes
	Slots    int      `json:"slots"`
	Fullest  []Bucket `json:"fullest,omitempty"`
}

// Bucket is a slot of a table that several literals share.
type Bucket struct {
	Slot     int    `json:"slot"`
	Literals int    `json:"literals"`
	Literal  string `json:"literal"` // one of them, in hexadecimal
	Name     string `json:"name"`    // and a signature that it belongs to
}

// HashCount is the number of hash signatures of one kind.
type HashCount struct {
	Use   string `json:"use"`  // "file", "section", "import", "allow-list"
	Kind  string `json:"kind"` // "MD5", "SHA-1", "SHA-256"
	Count int    `json:"count"`
	Size  int64  `json:"size"`
}

// Image reads a compiled database and says what is in it.
func Image(path string) (*Report, error) {
	d, err := db.Map(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	return report(d), nil
}

func report(d *db.DB) *Report {
	size, _ := d.Size()
	m := d.Meta()
	r := &Report{
		FormatVersion: db.FormatVersion, Size: size, Signatures: m.Signatures, MaxPattern: m.MaxPattern,
		Fingerprint: m.Fingerprint, Unsupported: m.Unsupported, Targets: targets(d), Hashes: hashes(d), Other: others(d),
	}
	if m.Signatures > 0 {
		r.PerSignature = float64(size) / float64(m.Signatures)
	}
	pattern, rest := 0, size
	for _, t := range r.Targets {
		pattern += t.Body + t.Logical
	}
	for _, h := range r.Hashes {
		rest -= h.Size
	}
	if pattern > 0 {
		r.PerPattern = float64(rest) / float64(pattern)
	}
	for _, s := range m.Sources {
		r.Sources = append(r.Sources, Source{s.Name, s.Version, s.Built, s.Signatures, s.Official})
	}
	for _, s := range d.Sections() {
		r.Sections = append(r.Sections, Section(s))
	}
	return r
}

func targets(d *db.DB) []Target {
	all := make([]Target, cltype.TargetCount)
	for i := range d.BodyCount() {
		b, ok := d.Body(uint32(i))
		if !ok || int(b.Target) >= len(all) {
			continue
		}
		if b.IsType {
			all[b.Target].Types++
		} else {
			all[b.Target].Body++
		}
	}
	for i := range d.LogicalCount() {
		if l, ok := d.Logical(uint32(i)); ok && int(l.TDB.Target) < len(all) {
			all[l.TDB.Target].Logical++
		}
	}
	var out []Target
	for n, t := range all {
		t.Number = n
		d.Always(cltype.Target(n), func(uint32) { t.Always++ })
		t.Table = table(d, d.Table(cltype.Target(n)))
		if t.Body+t.Logical+t.Types+t.Always > 0 || t.Table != nil {
			out = append(out, t)
		}
	}
	return out
}

func table(d *db.DB, t *db.Table) *Table {
	if t == nil {
		return nil
	}
	s := t.Stats(fullest)
	out := &Table{s.Size, s.Entries, s.ShortEntries, s.BitmapBits, s.BitmapSet, s.Slots, nil}
	for _, f := range s.Fullest {
		out.Fullest = append(out.Fullest, Bucket{f.Number, f.Entries, hex.EncodeToString(f.Literal), anchorName(d, f.Anchor)})
	}
	return out
}

// anchorName is the name of the signature behind a literal.
func anchorName(d *db.DB, anchor uint32) string {
	a, ok := d.Anchor(anchor)
	if !ok {
		return ""
	}
	if a.Kind == db.AnchorLogical {
		if l, ok := d.Logical(a.Index); ok {
			return d.LogicalName(&l)
		}
		return ""
	}
	if b, ok := d.Body(a.Index); ok && !b.IsType {
		return d.BodyName(&b)
	}
	return ""
}

func hashes(d *db.DB) []HashCount {
	uses, kinds := []string{"file", "section", "import", "allow-list"}, []string{"MD5", "SHA-1", "SHA-256"}
	sizes := map[string]int64{}
	for _, s := range d.Sections() {
		sizes[s.Name] = s.Size
	}
	var out []HashCount
	for u, use := range uses {
		for k, kind := range kinds {
			if n := d.HashTable(sig.HashUse(u), sig.HashKind(k)).Len(); n > 0 {
				out = append(out, HashCount{use, kind, n, sizes[use+" hashes, "+kind]})
			}
		}
	}
	return out
}

func others(d *db.DB) map[string]int {
	l := d.Lists()
	out := map[string]int{
		"file types": len(l.Magic), "containers": len(l.Containers), "icons": len(l.Icons), "passwords": len(l.Passwords),
		"certificates": len(l.Certs), "phishing": len(l.Phish), "bytecode": len(l.Bytecode), "YARA": len(l.YARA),
		"ignored names": len(l.Suppress), "macro members": len(l.Macros),
	}
	for k, n := range out {
		if n == 0 {
			delete(out, k)
		}
	}
	return out
}
