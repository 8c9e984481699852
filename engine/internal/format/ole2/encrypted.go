package ole2

import (
	"errors"

	"gclam/engine/internal/codec/officecrypt"
	"gclam/engine/internal/format"
	"gclam/engine/internal/limit"
)

// tick is how long work looks at the budget.
func (u *unpacker) tick() error { return u.b.Check(u.ctx) }

// encrypted opens the package of an encrypted OOXML document.
func (u *unpacker) encrypted() error {
	i, ok1 := u.names[key{anywhere, "encryptioninfo"}]
	k, ok2 := u.names[key{anywhere, "encryptedpackage"}]
	if !ok1 || !ok2 {
		return nil
	}
	u.out.Fact(format.Encrypted, -1)
	info, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	data, err := u.load(k, maxLoad)
	if err != nil || len(data) == 0 || !u.b.Grant(int64(len(data))) {
		return err
	}
	defer u.b.Release(int64(len(data)))
	plain, err := officecrypt.Package(info, data, u.tick)
	switch {
	case errors.Is(err, limit.ErrStop):
		return err
	case err != nil || len(plain) == 0:
		return nil
	}
	return u.data("package", plain)
}

// unlock decrypts a workbook; b itself comes back if that is not possible.
func (u *unpacker) unlock(b []byte) ([]byte, error) {
	u.out.Fact(format.Encrypted, -1)
	if !u.b.Grant(int64(len(b))) {
		return b, nil
	}
	u.granted += int64(len(b))
	plain, err := officecrypt.Workbook(b, u.tick)
	switch {
	case errors.Is(err, limit.ErrStop):
		return nil, err
	case err != nil:
		return b, nil
	}
	return plain, u.data("workbook", plain)
}
