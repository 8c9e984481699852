package sig

import (
	"io"
	"strings"
)

// kind is how one sort of database file is read.
type kind struct {
	parse   func(f *file, text string) error // one line
	whole   func(f *file, r io.Reader) error // instead of parse: the whole file
	end     func(f *file) error              // instead of the test for emptiness
	size    int                              // line buffer; 0 means lineSize
	counts  int                              // signatures per accepted line
	blankOK bool                             // blank lines are skipped, not malformed
	// Comments do not count as lines in messages.
	uncounted bool
	problem   string // message for a malformed line, with its number
	empty     string // message for an empty file; "" accepts it
	// What switches the kind off.
	pua, phish, certs, bytecode bool
	icons                       bool // an empty file is reported with a line number
}

const (
	problemLine    = "Problem parsing database at line %d"
	problemHash    = "cli_loadhash: Problem parsing database at line %d"
	emptyFile      = "Empty database file"
	emptyHashes    = "cli_loadhash: Empty database file"
	problemMagic   = "Problem parsing external filetype database at line %d"
	problemFeature = "Problem parsing configuration file at line %d"
	problemPass    = "Problem processing external password database at line %d"
)

// extension returns what follows the last dot of a name, in lower case.
func extension(name string) string {
	i := strings.LastIndexByte(name, '.')
	return strings.ToLower(name[i+1:])
}

func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// kindOf finds the kind of a database file by its name.
func kindOf(name string) (kind, bool) {
	if !strings.Contains(name, ".") {
		return kind{}, false
	}
	switch ext := extension(name); ext {
	case "hdb", "hsb", "hdu", "hsu":
		return hashKind(parseFileHash, strings.HasSuffix(ext, "u")), true
	case "mdb", "msb", "mdu", "msu":
		return hashKind(parseSectionHash, strings.HasSuffix(ext, "u")), true
	case "imp":
		return hashKind(parseImportHash, false), true
	case "fp", "sfp":
		return hashKind(parseAllowHash, false), true
	case "db":
		return kind{parse: parseDB, counts: 1, problem: problemLine, empty: emptyFile}, true
	case "ndb", "ndu":
		return kind{parse: parseNDB, counts: 1, problem: problemLine, empty: emptyFile, pua: ext == "ndu"}, true
	case "sdb":
		return kind{parse: parseSDB, counts: 1, problem: problemLine, empty: emptyFile}, true
	case "ldb", "ldu":
		return kind{parse: parseLDB, size: lineSizeLDB, counts: 1, problem: problemLine, empty: emptyFile, pua: ext == "ldu"}, true
	case "ign", "ign2":
		return kind{parse: parseIgnore, problem: "cli_loadign: " + problemLine}, true
	}
	return otherKind(extension(name))
}

// otherKind knows the formats that are not content signatures.
func otherKind(ext string) (kind, bool) {
	switch ext {
	case "cdb":
		return kind{parse: parseCDB, counts: 1, problem: problemLine, empty: emptyFile}, true
	case "zmd":
		return kind{parse: parseZMD, counts: 1, problem: problemLine, empty: emptyFile}, true
	case "rmd":
		return kind{parse: parseRMD, counts: 1, problem: problemLine, empty: emptyFile}, true
	case "idb":
		return kind{parse: parseIDB, icons: true, counts: 1, problem: "cli_loadidb: " + problemLine, empty: "cli_loadidb: Empty database file"}, true
	case "ftm":
		return kind{parse: parseFTM, end: endFTM, uncounted: true, problem: problemMagic}, true
	case "cfg":
		return kind{parse: parseCFG, blankOK: true, problem: problemFeature}, true
	case "pwdb":
		return kind{parse: parsePWDB, end: endPWDB, uncounted: true, problem: problemPass}, true
	case "pdb":
		return kind{parse: parsePDB, counts: 1, blankOK: true, phish: true}, true
	case "gdb":
		return kind{parse: parseGDB, counts: 1, blankOK: true, phish: true}, true
	case "wdb":
		return kind{parse: parseWDB, blankOK: true, phish: true}, true
	case "crb":
		return kind{parse: parseCRB, blankOK: true, certs: true}, true
	case "cat":
		return kind{whole: loadCatalog, certs: true}, true
	case "cbc":
		return kind{whole: loadBytecode, bytecode: true}, true
	case "yar", "yara":
		return kind{whole: loadYARA}, true
	case "ioc":
		return kind{whole: loadIOC}, true
	case "info":
		return kind{whole: loadInfo}, true
	}
	return kind{}, false
}

func hashKind(parse func(*file, string) error, pua bool) kind {
	return kind{parse: parse, counts: 1, problem: problemHash, empty: emptyHashes, pua: pua}
}
