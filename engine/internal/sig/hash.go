package sig

// Levels and sizes of hash signatures.
const (
	wildcardLevel = 73 // lowest MinFL of a hash of any size
	maxHashFields = 5
)

func parseFileHash(f *file, text string) error    { return f.hashLine(text, HashFile, 0, 1) }
func parseSectionHash(f *file, text string) error { return f.hashLine(text, HashSection, 1, 0) }
func parseImportHash(f *file, text string) error  { return f.hashLine(text, HashImport, 0, 1) }
func parseAllowHash(f *file, text string) error   { return f.hashLine(text, HashAllow, 0, 1) }

// hashLine reads Hash:Size:Name[:MinFL[:MaxFL]]; digest and size are the
// numbers of those two fields.
func (f *file) hashLine(text string, use HashUse, digest, size int) error {
	tok := fields(f.tok[:maxHashFields+1], text, ':')
	if len(tok) < 3 || len(tok) > maxHashFields {
		return errMalformed
	}
	name := tok[2]
	if f.unwanted(name) {
		return errSkip
	}
	minLevel := 0
	if len(tok) > 3 {
		if minLevel = atoi(tok[3]); minLevel > f.opt.Level {
			return errSkip
		}
	}
	if len(tok) > 4 && atoi(tok[4]) < f.opt.Level {
		return errSkip
	}
	h := &f.hash
	*h = Hash{Use: use}
	if err := f.hashSize(h, tok[size], minLevel); err != nil {
		return err
	}
	if f.isIgnored(name, text) {
		return errSkip
	}
	virname, err := f.virname(name)
	if err != nil {
		return err
	}
	h.Name = virname
	if !f.digest(h, tok[digest]) {
		f.errorf("cli_loadhash: Malformed hash string at line %d", f.line)
		return errArgument
	}
	return f.sink.Hash(h)
}

func (f *file) hashSize(h *Hash, text string, minLevel int) error {
	if text == "*" {
		if h.Use != HashImport && minLevel < wildcardLevel {
			f.errorf("cli_loadhash: Minimum FLEVEL field must be at least %d for wildcard size hash signatures."+
				" For reference, running FLEVEL is %d", wildcardLevel, f.opt.Level)
			return errMalformed
		}
		h.Size = AnySize
		return nil
	}
	n, ok := strtoul(text)
	if !ok || n == 0 || n >= uint64(AnySize) {
		f.errorf("cli_loadhash: Invalid value for the size field")
		return errMalformed
	}
	h.Size = uint32(n)
	return nil
}

// digest reads a hash; its length tells the kind.
func (f *file) digest(h *Hash, text string) bool {
	switch len(text) {
	case 32:
		h.Kind = MD5
	case 40:
		h.Kind = SHA1
	case 64:
		h.Kind = SHA256
	default:
		f.errorf("hm_addhash_str: invalid hash %s -- FIXME!", text)
		return false
	}
	if !decodeHex(h.Digest[:], text) {
		f.errorf("hm_addhash_str: invalid hash %s", text)
		return false
	}
	return true
}
