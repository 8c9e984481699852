package sig

import (
	"errors"
	"strings"

	"gclam/engine/internal/cltype"
)

// pwdbFields is the number of fields of a .pwdb line; what follows a further
// semicolon is dropped (observed with clamscan 1.4.6).
const pwdbFields = 4

// parsePWDB reads Name;TargetDescriptionBlock;StorageType;Password, where the
// password is clear text (0) or hexadecimal (1). Only the attributes Engine and
// Container mean anything.
func parsePWDB(f *file, text string) error {
	f.lastSkip = false
	tok := fields(f.tok[:pwdbFields], text, ';')
	if len(tok) != pwdbFields {
		return errMalformed
	}
	name := tok[0]
	if f.isIgnored(name, name) {
		return errSkip
	}
	block := tok[1]
	if !strings.Contains(block, "Target:") {
		block += ",Target:0"
	}
	t, err := f.parseTDB(block)
	if err == nil {
		err = f.checkTDB(t)
	}
	if err != nil {
		f.lastSkip = errors.Is(err, errSkip)
		return err
	}
	tok[3], _, _ = strings.Cut(tok[3], ";")
	p := Password{Name: name, Container: cltype.Any}
	if t.HasContainer {
		p.Container = t.Container
	}
	switch p.Container {
	case cltype.Any, cltype.ZIP, cltype.RAR:
	default:
		f.errorf("cli_loadpwdb: Invalid container specified to .pwdb signature")
		f.quiet = true
		return errMalformed
	}
	storage, ok := digits(tok[2])
	if !ok {
		f.errorf("cli_loadpwdb: Invalid value for PWStorageType (third entry)")
		return errMalformed
	}
	switch storage {
	case 0:
		p.Password = []byte(tok[3])
	case 1:
		if p.Password, err = f.hexPassword(tok[3]); err != nil {
			return err
		}
	default:
		return errSkip
	}
	f.entries++
	return f.sink.Password(&p)
}

func (f *file) hexPassword(hex string) ([]byte, error) {
	if len(hex)%2 != 0 {
		f.errorf("cli_mpool_hex2str(): Malformed hexstring: %s (length: %d)", hex, len(hex))
	}
	b := make([]byte, len(hex)/2)
	if !decodeHex(b, hex) {
		f.errorf("cli_loadpwdb: Can't decode or add new password entry")
		return nil, errMalformed
	}
	return b, nil
}

// endPWDB keeps a quirk: when the last entry was left out for its attributes,
// the load fails (observed: clamscan 1.4.6).
func endPWDB(f *file) error {
	if f.lastSkip {
		f.errorf(problemPass, f.line)
		return errUnknown
	}
	if f.entries == 0 {
		f.errorf("Empty external password database")
		return errMalformed
	}
	return nil
}
