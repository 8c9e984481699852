package heuristic

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreditCardNumbersAreCounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     bool
	}{
		{"a Visa number", "x 4111111111111111 x", true},
		{"in groups", "x 4111-1111 1111-1111 x", true},
		{"with eight separators", "4 1 1 1 1 1 1 1 11111111", true},
		{"with nine", "4 1 1 1 1 1 1 1 1 1111111", false},
		{"with dots", "4111.1111.1111.1111", false},
		{"a wrong check digit", "4111111111111112", false},
		{"a digit before", "94111111111111111", false},
		{"a digit behind", "41111111111111119", false},
		{"a digit behind a blank", "4111111111111111 9", true},
		{"letters around", "a4111111111111111z", true},
		{"American Express", "340000000000009", true},
		{"Diners Club with 14 digits", "36123456789014", luhn([]byte{3, 6, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 4})},
		{"an unassigned issuer", "0000000000000000", false},
	} {
		got := Text([]byte(c.in), Structured{Cards: 1}, nil) != nil
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPrivateLabelCardsCountUnlessCreditOnly(t *testing.T) {
	t.Parallel()
	const number = "1000000000009"
	if Text([]byte(number), Structured{Cards: 1}, nil) == nil {
		t.Error("not counted")
	}
	if Text([]byte(number), Structured{Cards: 1, CreditOnly: true}, nil) != nil {
		t.Error("counted as a credit card")
	}
}

func TestSocialSecurityNumbersAreCounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in               string
		normal, stripped bool
	}{
		{"a 123-45-6789 b", true, false},
		{"a 123456789 b", false, true},
		{"a 1123-45-6789 b", false, false},
		{"a 123-45-67890 b", false, false},
		{"a 123-45-6789-1 b", true, false},
		{"a 666-45-6789 b", false, false},
		{"a 772-45-6789 b", true, false},
		{"a 773-45-6789 b", false, false},
		{"a 000-45-6789 b", false, false},
		{"a 123-00-6789 b", false, false},
		{"a 123-45-0000 b", false, false},
		{"a 123-456789 b", false, false},
		{"123-45-6789", true, false},
	} {
		if got := Text([]byte(c.in), Structured{SSNs: 1, Normal: true}, nil) != nil; got != c.normal {
			t.Errorf("%q as normal: %v", c.in, got)
		}
		if got := Text([]byte(c.in), Structured{SSNs: 1, Stripped: true}, nil) != nil; got != c.stripped {
			t.Errorf("%q as stripped: %v", c.in, got)
		}
	}
}

func TestCountsAddUpOverChunksAndNumbersAcrossEdgesAreLost(t *testing.T) {
	t.Parallel()
	const card = " 4111111111111111 "
	both := Structured{Cards: 2, SSNs: 1, Normal: true}
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"both in a chunk", card + card + "123-45-6789", []string{cardAlert, ssnAlert}},
		{"one in each of two chunks", card + strings.Repeat("x", structuredChunk) + card, []string{cardAlert}},
		{"one across the edge", card + strings.Repeat("x", structuredChunk-len(card)-8) + card, nil},
		{"nothing behind the deciding chunk", card + card + strings.Repeat("x", structuredChunk) + "123-45-6789", []string{cardAlert}},
	} {
		if d := cmp.Diff(c.want, Text([]byte(c.in), both, nil)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// record encrypts seven words like Mydoom.M does.
func record(key uint32, words [7]uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, ^key)
	for _, w := range words {
		b = binary.BigEndian.AppendUint32(b, w^key)
	}
	return b
}

func TestMydoomLogsNeedTwoRecordsThatAddUp(t *testing.T) {
	t.Parallel()
	const key = 0x12345678
	words := [7]uint32{1, 2, 3, 4, 5, 6}
	var check uint32 = key
	words[6] = ^check - 21
	good := record(key, words)
	for _, c := range []struct {
		name string
		in   []byte
		want bool
	}{
		{"two records", append(append([]byte{}, good...), good...), true},
		{"two records and noise", append(append(append([]byte{}, good...), good...), "noise"...), true},
		{"one record", good, false},
		{"a record and noise", append(append([]byte{}, good...), strings.Repeat("n", 32)...), false},
		{"padding", []byte(strings.Repeat("\xff", 64)), false},
		{"nothing", nil, false},
	} {
		if got := Mydoom(c.in) == mydoomLog; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
