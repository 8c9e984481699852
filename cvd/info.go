package cvd

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

const (
	maxInfo    = 8 << 20 // bytes of a member list; the largest seen has 20 KB
	maxEntries = 100_000 // members named by one list
)

// entry is what a member list says about one member.
type entry struct {
	size   int64
	sha256 [sha256.Size]byte
}

// info is the parsed member NAME.info.
type info struct {
	header  Header
	entries map[string]entry
	names   []string // in order of the list
}

// parseInfo reads a member list and, unless kind is CUD, checks its signature.
// Errors wrap ErrMalformed.
func parseInfo(b []byte, kind Kind) (*info, error) {
	body := b
	if kind != CUD {
		var err error
		if body, err = signedPart(b); err != nil {
			return nil, err
		}
	}
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	h, err := ParseHeader(lines[0])
	if err != nil {
		return nil, malformed("Can't parse the header of the member list")
	}
	in := &info{header: h, entries: make(map[string]entry)}
	for _, l := range lines[1:] {
		if len(in.names) == maxEntries {
			return nil, malformed("Too many files in .info")
		}
		name, e, err := parseEntry(string(l))
		if err != nil {
			return nil, err
		}
		if _, twice := in.entries[name]; twice {
			return nil, malformed("File %s listed twice in .info", name)
		}
		in.entries[name] = e
		in.names = append(in.names, name)
	}
	return in, nil
}

// signedPart verifies the last line of a list and returns all before it.
func signedPart(b []byte) ([]byte, error) {
	const tag = "DSIG:"
	at := 0
	if !bytes.HasPrefix(b, []byte(tag)) {
		i := bytes.LastIndex(b, []byte("\n"+tag))
		if i < 0 {
			return nil, malformed("Digital signature not found")
		}
		at = i + 1
	}
	sig := strings.TrimRight(string(b[at+len(tag):]), "\r\n")
	if !infoKey.verifyPSS(sha256.Sum256(b[:at]), sig) {
		return nil, malformed("Incorrect digital signature")
	}
	return b[:at], nil
}

// parseEntry reads "NAME:SIZE:SHA256HEX".
func parseEntry(line string) (string, entry, error) {
	f := strings.Split(line, ":")
	if len(f) != 3 || !memberName(f[0]) {
		return "", entry{}, malformed("Incorrect line in .info")
	}
	size, err := strconv.ParseUint(f[1], 10, 62)
	if err != nil {
		return "", entry{}, malformed("Incorrect size of %s in .info", f[0])
	}
	e := entry{size: int64(size)}
	if len(f[2]) != 2*sha256.Size {
		return "", entry{}, malformed("Incorrect checksum of %s in .info", f[0])
	}
	if _, err := hex.Decode(e.sha256[:], []byte(f[2])); err != nil {
		return "", entry{}, malformed("Incorrect checksum of %s in .info", f[0])
	}
	return f[0], e, nil
}

// memberName tells whether a name may stand in a member list: visible ASCII, no
// path, so that it is one file name on every system.
func memberName(s string) bool {
	if s == "" || len(s) > nameLength || s[0] == '.' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '/' || c == '\\' || c == ':' {
			return false
		}
	}
	return true
}
