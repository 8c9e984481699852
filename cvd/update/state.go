package update

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

const (
	stateName  = "freshclam.dat"
	stateMagic = "FreshClamData"
	stateSize  = 90
	// maxCoolDown bounds what a server may ask for.
	maxCoolDown = 24 * time.Hour
)

// Offsets in freshclam.dat (observed: freshclam 1.4.6 on amd64). Numbers are
// little-endian here on every machine.
const (
	stateVersionAt = 13
	stateUUIDAt    = 17
	stateRetryAt   = 61
	stateRayAt     = 69
	stateRayLength = 21
	uuidLength     = 36
)

// state is what survives between runs: who we are to the servers, and until when
// they do not want to see us.
type state struct {
	uuid  string
	retry time.Time // zero for no cool-down
	ray   string    // identifier of the refused request
}

var errState = errors.New("not a freshclam.dat")

func newState() state {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40 // version 4 (RFC 9562)
	b[8] = b[8]&0x3f | 0x80
	return state{uuid: fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}
}

func parseState(b []byte) (state, error) {
	if len(b) != stateSize || string(b[:len(stateMagic)]) != stateMagic ||
		binary.LittleEndian.Uint32(b[stateVersionAt:]) != 1 {
		return state{}, errState
	}
	s := state{uuid: string(b[stateUUIDAt : stateUUIDAt+uuidLength])}
	for _, c := range s.uuid {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && c != '-' {
			return state{}, errState
		}
	}
	if t := int64(binary.LittleEndian.Uint64(b[stateRetryAt:])); t > 0 {
		s.retry = time.Unix(t, 0)
	}
	ray, _, _ := bytes.Cut(b[stateRayAt:], []byte{0})
	s.ray = string(ray)
	return s, nil
}

func (s state) bytes() []byte {
	b := make([]byte, stateSize)
	copy(b, stateMagic)
	binary.LittleEndian.PutUint32(b[stateVersionAt:], 1)
	copy(b[stateUUIDAt:stateUUIDAt+uuidLength], s.uuid)
	if !s.retry.IsZero() {
		binary.LittleEndian.PutUint64(b[stateRetryAt:], uint64(s.retry.Unix()))
	}
	copy(b[stateRayAt:stateRayAt+stateRayLength-1], s.ray)
	return b
}

// loadState reads freshclam.dat; a missing or damaged one is made anew.
func (u *Updater) loadState() error {
	f, err := u.fs.Open(filepath.Join(u.c.Dir, stateName))
	if err == nil {
		b, rerr := io.ReadAll(io.LimitReader(f, stateSize+1))
		_ = f.Close()
		if rerr == nil {
			if u.state, err = parseState(b); err == nil {
				// A clock that was wrong must not silence us for years.
				if limit := u.now().Add(maxCoolDown); u.state.retry.After(limit) {
					u.state.retry = limit
				}
				return nil
			}
		}
	}
	u.debugf("Creating new freshclam.dat")
	u.state = newState()
	return u.saveState()
}

// saveState writes freshclam.dat by way of a temporary file.
func (u *Updater) saveState() error {
	temp, err := makeTemp(u.fs, u.c.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = u.fs.RemoveAll(temp) }()
	return writeDurably(u.fs, temp, filepath.Join(u.c.Dir, stateName), u.state.bytes())
}

// coolDown remembers that a server sent us away.
func (u *Updater) coolDown(d time.Duration, ray string) {
	u.state.retry = u.now().Add(min(max(d, 0), maxCoolDown))
	u.state.ray = ray
	if err := u.saveState(); err != nil {
		u.warnf("Can't save freshclam.dat: %v", err)
	}
}
