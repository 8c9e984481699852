package sig

// parseIgnore reads Name, Name:MD5 or Database:Line:Name. An MD5 limits the
// entry to the signature line of that sum.
func parseIgnore(f *file, text string) error {
	tok := fields(f.tok[:4], text, ':')
	if len(tok) > 3 {
		return errMalformed
	}
	name := tok[0]
	if len(tok) == 3 {
		name = tok[2]
	}
	if name == "" {
		f.errorf("cli_loadign: No signature name provided")
		return errMalformed
	}
	var sum [16]byte
	if len(tok) == 2 && (len(tok[1]) != 32 || !decodeHex(sum[:], tok[1])) {
		f.errorf("cli_loadign: Malformed MD5 string at line %d", f.line)
		return errMalformed
	}
	key := padName(name)
	e := f.ignored[key]
	if e == nil {
		e = &ignoreEntry{}
		f.ignored[string([]byte(key))] = e
	}
	if len(tok) == 2 {
		e.lines = append(e.lines, sum)
		return nil
	}
	e.all = true
	return f.sink.Suppress(&Suppress{Name: name})
}
