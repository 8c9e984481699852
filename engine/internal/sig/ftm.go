package sig

import "gclam/engine/internal/cltype"

// Fields of a .ftm line, without and with both levels.
const (
	minFTMFields = 6
	maxFTMFields = 8
)

// parseFTM reads Kind:Offset:Magic:Name:RequiredType:DetectedType[:MinFL[:MaxFL]].
func parseFTM(f *file, text string) error {
	tok := fields(f.tok[:maxFTMFields+1], text, ':')
	if len(tok) < minFTMFields || len(tok) > maxFTMFields {
		return errMalformed
	}
	if err := f.levels(tok[minFTMFields:]); err != nil {
		return err
	}
	m := Magic{Name: tok[3]}
	var okRequired, okType bool
	m.Required, okRequired = cltype.Parse(tok[4])
	m.Type, okType = cltype.Parse(tok[5])
	if !okRequired || !okType {
		return errMalformed
	}
	number, ok := digits(tok[0])
	if !ok {
		f.errorf("cli_loadftm: Invalid value for the first field")
		return errMalformed
	}
	switch number {
	case uint32(MagicFixed), uint32(MagicPartition):
		m.Kind = MagicKind(number)
		if err := f.fixedMagic(&m, tok[1], tok[2]); err != nil {
			return err
		}
	case uint32(MagicPattern):
		m.Kind = MagicPattern
		// Even a fixed string goes to the matcher for wildcards: Logical says so.
		o := PatternOptions{Name: m.Name, Virname: m.Name, Logical: true}
		var err error
		if m.Offset, m.Pattern, err = f.pattern(tok[1], tok[2], o); err != nil {
			return err
		}
	default:
		return errSkip
	}
	f.entries++
	return f.sink.Magic(&m)
}

func (f *file) fixedMagic(m *Magic, offset, hex string) error {
	n, ok := digits(offset)
	if !ok {
		f.errorf("cli_loadftm: Invalid offset")
		return errMalformed
	}
	m.At = n
	if len(hex)%2 != 0 {
		f.errorf("cli_mpool_hex2str(): Malformed hexstring: %s (length: %d)", hex, len(hex))
	}
	m.Bytes = make([]byte, len(hex)/2)
	if !decodeHex(m.Bytes, hex) {
		f.errorf("cli_loadftm: Can't decode the hex string")
		return errMalformed
	}
	return nil
}

func endFTM(f *file) error {
	if f.entries == 0 {
		f.errorf("Empty external filetype database")
		return errMalformed
	}
	f.magic = true
	return nil
}
