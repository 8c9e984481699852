package sig

import "gclam/engine/internal/cltype"

// Sink receives accepted records in load order. An error ends the load.
type Sink interface {
	Body(*Body) error
	Logical(*Logical) error
	Hash(*Hash) error
	Container(*Container) error
	Icon(*Icon) error
	Magic(*Magic) error
	Feature(*Feature) error
	Password(*Password) error
	Cert(*Cert) error
	Phish(*Phish) error
	Bytecode(*Bytecode) error
	YARA(*YARA) error
	Suppress(*Suppress) error
}

// Body is a body signature (.db, .ndb, .ndu, .sdb).
type Body struct {
	Name    string // as reported, with .UNOFFICIAL where it applies
	Target  cltype.Target
	Offset  Offset
	Pattern *Pattern
	Early   bool // from an .sdb: matched before the container is unpacked
	Line    string
}

// Range is an inclusive range of numbers; Set false means no condition.
type Range struct {
	Set      bool
	Min, Max uint32
}

// TDB is the target description block of a logical signature.
type TDB struct {
	Target        cltype.Target
	FileSize      Range
	EntryPoint    Range
	Sections      Range // NumberOfSections
	Container     cltype.Type
	HasContainer  bool
	Intermediates []cltype.Type // as written: outermost first
	IconGroup1    string
	IconGroup2    string
	HandlerType   cltype.Type
	HasHandler    bool
}

// Logical is a logical signature (.ldb, .ldu), also the trigger of a bytecode.
type Logical struct {
	Name string
	TDB  TDB
	Expr *Expr
	Subs []Subsig
	Line string
	// Bytecode is the index (in load order) of the bytecode that decides when the
	// logic holds, or -1.
	Bytecode int
}

// SubKind says what a subsignature is.
type SubKind uint8

// The subsignature kinds.
const (
	SubPattern SubKind = iota
	SubMacro
	SubPCRE
	SubByteCompare
	SubFuzzyImage
)

// Subsig is one subsignature. The fields used depend on Kind.
type Subsig struct {
	Kind   SubKind
	Text   string // as written
	Offset Offset
	// Patterns holds one pattern, or two for the modifiers w and a together.
	Patterns []*Pattern // SubPattern
	Macro    Macro      // SubMacro
	PCRE     PCRE       // SubPCRE
	Compare  ByteCompare
	Fuzzy    [8]byte // SubFuzzyImage: the perceptual hash
}

// Macro is ${min-max}id$.
type Macro struct {
	Min, Max uint32
	Group    uint8 // 0..31
}

// PCRE is [offset:]trigger/regex/flags.
type PCRE struct {
	Trigger *Expr
	Regex   string // bytes between the first and the last slash
	Flags   string
}

// ByteCompare is ref(offset#options#comparisons).
type ByteCompare struct {
	Ref         int   // subsignature whose last position is the base
	Offset      int64 // relative to it
	Format      byte  // 'h' hex text, 'd' decimal text, 'a' either, 'i' binary
	Little      bool  // l
	HasEndian   bool  // l or b was given (d implies b)
	Exact       bool  // e
	Length      uint32
	Comparisons []Comparison // one or two; all must hold
}

// Comparison is one of >v <v =v.
type Comparison struct {
	Op    byte
	Value int64
}

// HashKind is the algorithm of a hash signature.
type HashKind uint8

// The hash algorithms.
const (
	MD5 HashKind = iota
	SHA1
	SHA256
)

// Size is the digest length in bytes.
func (k HashKind) Size() int { return [...]int{16, 20, 32}[k] }

// HashUse says what a hash signature is compared with.
type HashUse uint8

// The uses of hash signatures.
const (
	HashFile    HashUse = iota // whole objects: .hdb .hsb .hdu .hsu
	HashSection                // PE sections: .mdb .msb .mdu .msu
	HashImport                 // PE import tables: .imp
	HashAllow                  // allow-list: .fp .sfp
)

// AnySize is the Size of a hash signature that matches objects of any size.
const AnySize = ^uint32(0)

// Hash is a hash signature.
type Hash struct {
	Name   string
	Kind   HashKind
	Use    HashUse
	Size   uint32 // bytes, or AnySize
	Digest [32]byte
}

// Container is a container metadata signature (.cdb, .zmd, .rmd).
type Container struct {
	Name      string
	Type      cltype.Type // cltype.Any matches all
	Size      Range       // container size; ranges are inclusive and already normalised
	NameRegex string      // POSIX extended; "" with HasName false matches all
	HasName   bool
	Packed    Range // size in container
	Real      Range // real size
	Encrypted int   // 0, 1, or -1 for any
	Position  Range
	CRC32     uint32
	HasCRC    bool
}

// Icon is an .idb entry.
type Icon struct {
	Name, Group1, Group2 string
	Hash                 string // the 124 hex digits, validated
}

// MagicKind is the kind field of a file type definition.
type MagicKind uint8

// The kinds of file type definitions.
const (
	MagicFixed     MagicKind = 0 // bytes at a fixed offset
	MagicPattern   MagicKind = 1 // body pattern, matched during the raw scan
	MagicPartition MagicKind = 4 // bytes at a fixed offset of a partition
)

// Magic is a file type definition (.ftm).
type Magic struct {
	Kind     MagicKind
	Offset   Offset // MagicPattern
	At       uint32 // MagicFixed, MagicPartition: byte offset
	Bytes    []byte // MagicFixed, MagicPartition
	Pattern  *Pattern
	Name     string
	Required cltype.Type
	Type     cltype.Type
}

// Feature is a line of a .cfg: switches of one group.
type Feature struct {
	Key  string // PE, ELF, …
	Bits uint32
}

// Password is a .pwdb entry.
type Password struct {
	Name      string
	Container cltype.Type // ZIP, RAR or Any
	Password  []byte
}

// Cert is a .crb line, split and validated, or a catalog (.cat) entry.
type Cert struct {
	Name    string
	Trusted bool
	Fields  []string // as written
	Catalog []byte   // DER of a .cat file; nil for .crb lines
}

// Phish is a line of a .pdb, .wdb or .gdb.
type Phish struct {
	List byte // 'p', 'w' or 'g'
	Line string
}

// Bytecode is a .cbc program.
type Bytecode struct {
	Name    string // file name
	Source  []byte // the whole text
	Signed  bool   // came from a signed container
	Kind    uint64 // when it runs: see BytecodeLogical and the hook numbers
	Trigger bool   // a Logical record with its number follows
}

// YARA is a rule file; rules are compiled in the order in which they stand.
type YARA struct {
	File   string
	Source []byte
	Rules  []string // identifiers of the accepted rules, in order; others are not compiled
}

// Suppress is a name that an ignore list withdraws, kept so that heuristic
// alerts of that name can be withdrawn too.
type Suppress struct {
	Name string
}
