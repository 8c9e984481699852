package cvd

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// plainCLD is the content of a fixture as a .cld with a plain tar body, in which
// nothing but the signed list protects the members.
func plainCLD(t testing.TB, name string) []byte {
	b := fixture(t, name)
	dir := memDir{}
	if _, err := Unpack(bytes.NewReader(b), int64(len(b)), CVD, ReadOptions{}, dir); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := WriteCLD(&out, dir, "test", false); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// unproven are the bytes of a header that nothing authenticates: the text date,
// the builder's name, and the padding behind a line end.
func unproven(header []byte) func(i int, changed []byte) bool {
	s := string(header)
	fields := strings.Split(s, ":")
	date := len(fields[0]) + 1
	dateEnd := date + len(fields[1])
	builder := strings.LastIndex(s[:strings.LastIndex(s, ":")], ":") + 1
	builderEnd := builder + len(fields[7])
	text := len(strings.TrimRight(s, " "))
	return func(i int, changed []byte) bool {
		return i >= date && i < dateEnd || i >= builder && i < builderEnd ||
			i >= text && (changed[i] == '\n' || changed[i] == '\r')
	}
}

func TestEveryAlteredByteOfAHeaderIsRefused(t *testing.T) {
	t.Parallel()
	whole := fixture(t, "test-6.cvd")
	free := unproven(whole[:HeaderSize])
	for i := range HeaderSize {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			_, _, err := readAll(b, CVD, ReadOptions{})
			if err == nil && !free(i, b) {
				t.Errorf("bit %d of byte %d (%q) altered, accepted", bit, i, whole[i])
			}
		}
	}
}

func TestEveryAlteredByteOfABodyIsRefused(t *testing.T) {
	t.Parallel()
	whole := fixture(t, "test-6.cvd")
	for i := HeaderSize; i < len(whole); i += 7 {
		b := bytes.Clone(whole)
		b[i] ^= 1 << (i % 8)
		if _, got, err := readAll(b, CVD, ReadOptions{}); !errors.Is(err, ErrSignature) || len(got) > 0 {
			t.Errorf("byte %d altered: %v, %d members", i, err, len(got))
		}
	}
}

func TestEveryAlteredByteOfAMemberIsRefused(t *testing.T) {
	t.Parallel()
	whole := plainCLD(t, "test-6.cvd")
	if _, _, err := readAll(whole, CLD, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	// Behind the licence, which is not listed, every byte of data counts; of tar
	// headers only name, size and type do. The list itself may have any name.
	start := bytes.Index(whole, []byte("test.info")) + blockSize
	for at := start; at+blockSize < len(whole); at += blockSize {
		block := whole[at : at+blockSize]
		isHeader := bytes.HasPrefix(block, []byte("test.")) && block[nameLength-1] == 0
		size := len(bytes.TrimRight(block, "\x00"))
		for i := 0; i < size; i += 5 {
			if isHeader && i >= 9 && (i < sizeAt || i >= sizeAt+sizeLength) && i != typeAt {
				continue
			}
			b := bytes.Clone(whole)
			b[at+i] ^= 0x10
			if _, _, err := readAll(b, CLD, ReadOptions{}); err == nil {
				t.Errorf("byte %#x of block %#x (%.9q) altered, accepted", i, at, block)
			}
		}
	}
}

func TestTruncatedContainersAreRefused(t *testing.T) {
	t.Parallel()
	cvd, cld := fixture(t, "test-6.cvd"), plainCLD(t, "test-6.cvd")
	for i := range 16 {
		for kind, whole := range map[Kind][]byte{CVD: cvd, CLD: cld} {
			if _, _, err := readAll(whole[:len(whole)*i/16], kind, ReadOptions{}); err == nil {
				t.Errorf("%d/16 of a %s accepted", i, kind)
			}
		}
	}
	_, _, err := readAll(cvd[:HeaderSize], CVD, ReadOptions{})
	if !errors.Is(err, ErrSignature) {
		t.Errorf("header only: %v", err)
	}
	if _, _, err = readAll(nil, CVD, ReadOptions{}); !errors.Is(err, ErrNotCVD) {
		t.Errorf("empty: %v", err)
	}
}

func TestTheKindDecidesWhatIsChecked(t *testing.T) {
	t.Parallel()
	b := fixture(t, "test-6.cvd")
	if _, _, err := readAll(b, CLD, ReadOptions{}); err != nil {
		t.Errorf("a .cvd named .cld: %v", err)
	}
	if _, _, err := readAll(b, CUD, ReadOptions{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a .cvd named .cud: %v", err)
	}
	if _, _, err := readAll(b, None, ReadOptions{}); !errors.Is(err, ErrNotCVD) {
		t.Errorf("of no kind: %v", err)
	}
}

func TestFIPSWantsADetachedSignature(t *testing.T) {
	t.Parallel()
	b, sign := fixture(t, "test-6.cvd"), fixture(t, "test-6.cvd.sign")
	tr := trustIn(t, "clamav-test.crt")
	for _, c := range []struct {
		name string
		o    VerifyOptions
		want error
	}{
		{"legacy only", VerifyOptions{}, nil},
		{"FIPS without one", VerifyOptions{FIPS: true}, ErrSignature},
		{"FIPS with one that nobody trusts", VerifyOptions{FIPS: true, Detached: sign}, ErrSignature},
		{"FIPS with a good one", VerifyOptions{FIPS: true, Detached: sign, Trust: tr}, nil},
		{"one of another file", VerifyOptions{Detached: fixture(t, "test-5.cvd.sign"), Trust: tr}, ErrSignature},
		{"one that is none falls back", VerifyOptions{Detached: []byte("garbage"), Trust: tr}, nil},
	} {
		if err := Verify(bytes.NewReader(b), int64(len(b)), c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestHeadersThatAreNone(t *testing.T) {
	t.Parallel()
	const good = "ClamAV-VDB:22 Jun 2021 14-58 -0400:1:2:81:X:X:me:1624388302"
	if h, err := ParseHeader([]byte(good + strings.Repeat(" ", 400))); err != nil || h.String() != good || h.BuildTime() != "22 Jun 2021 14:58 -0400" {
		t.Errorf("%+v, %v", h, err)
	}
	if h, err := ParseHeader([]byte(good[:strings.LastIndex(good, ":")])); err != nil || !h.Created.IsZero() {
		t.Errorf("without creation time: %+v, %v", h, err)
	}
	for in, want := range map[string]string{
		"": "Not a CVD file", "ClamAV-VDC:": "Not a CVD file", "ClamAV-VDB": "Can't parse the creation time",
		"ClamAV-VDB:t":                "Can't parse the version number",
		"ClamAV-VDB:t:x":              "Can't parse the version number",
		"ClamAV-VDB:t:-1":             "Can't parse the version number",
		"ClamAV-VDB:t:4294967296":     "Can't parse the version number",
		"ClamAV-VDB:t:1":              "Can't parse the number of signatures",
		"ClamAV-VDB:t:1:1":            "Can't parse the functionality level",
		"ClamAV-VDB:t:1:1:1":          "Can't parse the MD5 checksum",
		"ClamAV-VDB:t:1:1:1:m":        "Can't parse the digital signature",
		"ClamAV-VDB:t:1:1:1:m:d":      "Can't parse the builder name",
		"ClamAV-VDB:t:1:1:1:m:d:b:x":  "Can't parse the creation time",
		"ClamAV-VDB:t\x00:1:1:1:m:d:": "Not a CVD file",
	} {
		_, err := ParseHeader([]byte(in))
		if !errors.Is(err, ErrNotCVD) || !strings.HasSuffix(fmt.Sprint(err), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}
