package cvd

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// HeaderSize is the length in bytes of a container's header, padding included.
const HeaderSize = 512

const magic = "ClamAV-VDB"

// Header is the text at the start of a container. Only what Read compares with
// the signed list (Version, Signatures, Level, Created) can be believed; Time and
// Builder of a container are authenticated by nothing.
type Header struct {
	Time       string    // creation time as stored: "22 Jun 2021 14-58 -0400"
	Version    int       // of the database
	Signatures int       // number the builder counted
	Level      int       // least functionality level of an engine that understands all of it
	MD5        string    // of the body, lower-case hex; "X" in a .cld
	DSIG       string    // legacy signature over MD5; "X" in a .cld
	Builder    string    // user name at the vendor
	Created    time.Time // zero in files older than the field
}

// ParseHeader reads the header at the start of b. It ends at the first line end
// or after HeaderSize bytes. The error wraps ErrNotCVD and carries ClamAV's text.
func ParseHeader(b []byte) (Header, error) {
	if len(b) > HeaderSize {
		b = b[:HeaderSize]
	}
	s := string(b)
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = s[:i]
	}
	f := strings.Split(strings.TrimRight(s, " "), ":")
	if f[0] != magic || !printable(s) {
		return Header{}, notCVD("Not a CVD file")
	}
	var h Header
	text := func(i int, dst *string, what string) error {
		if i >= len(f) || f[i] == "" {
			return notCVD("Can't parse the " + what)
		}
		*dst = f[i]
		return nil
	}
	number := func(i int, dst *int, what string) error {
		if i >= len(f) {
			return notCVD("Can't parse the " + what)
		}
		n, err := parseCount(f[i])
		if err != nil {
			return notCVD("Can't parse the " + what)
		}
		*dst = n
		return nil
	}
	steps := []error{
		text(1, &h.Time, "creation time"),
		number(2, &h.Version, "version number"),
		number(3, &h.Signatures, "number of signatures"),
		number(4, &h.Level, "functionality level"),
		text(5, &h.MD5, "MD5 checksum"),
		text(6, &h.DSIG, "digital signature"),
		text(7, &h.Builder, "builder name"),
	}
	for _, err := range steps {
		if err != nil {
			return Header{}, err
		}
	}
	if len(f) > 8 {
		sec, err := strconv.ParseUint(f[8], 10, 40)
		if err != nil || len(f) > 9 {
			return Header{}, notCVD("Can't parse the creation time")
		}
		if sec > 0 {
			h.Created = time.Unix(int64(sec), 0).UTC()
		}
	}
	return h, nil
}

// String returns the header as it is stored, without padding.
func (h Header) String() string {
	return fmt.Sprintf("%s:%s:%d:%d:%d:%s:%s:%s:%d", magic, h.Time, h.Version, h.Signatures,
		h.Level, h.MD5, h.DSIG, h.Builder, h.seconds())
}

// BuildTime returns the creation time as sigtool prints it, with the colon that
// the header cannot hold.
func (h Header) BuildTime() string { return strings.Replace(h.Time, "-", ":", 1) }

func (h Header) seconds() int64 {
	if h.Created.IsZero() {
		return 0
	}
	return h.Created.Unix()
}

// sameBuild tells whether two headers describe the same build, in the fields
// that the signed list authenticates.
func (h Header) sameBuild(o Header) bool {
	return h.Version == o.Version && h.Signatures == o.Signatures && h.Level == o.Level && h.seconds() == o.seconds()
}

// parseCount reads an unsigned decimal number that fits 31 bits: no sign, no
// blanks, which ClamAV 1.4 would still take.
func parseCount(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt32 {
		return 0, strconv.ErrRange
	}
	return int(n), nil
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// Kind tells how a container is authenticated.
type Kind uint8

// The kinds, by file name extension as the reference decides it.
const (
	None Kind = iota // not a container
	CVD              // signed by the vendor
	CLD              // result of incremental updates: unsigned header, signed list
	CUD              // private and unsigned
)

// KindOf returns the kind of the container that a file name or path names.
func KindOf(name string) Kind {
	switch strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/"))) {
	case ".cvd":
		return CVD
	case ".cld":
		return CLD
	case ".cud":
		return CUD
	}
	return None
}

// String returns "cvd", "cld", "cud" or "none".
func (k Kind) String() string {
	switch k {
	case CVD:
		return "cvd"
	case CLD:
		return "cld"
	case CUD:
		return "cud"
	}
	return "none"
}
