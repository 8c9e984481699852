package ishield_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/ishield"
)

var unpack = format.Func(ishield.Unpack)

type file struct {
	name string
	data []byte // as it is stored, without the key
}

func deflated(b []byte) []byte {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func locked(name string, b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		k := i % 1024 % len(name)
		c ^= name[k] ^ "\xec\xca\x79\xf8"[k%4]
		out[i] = c>>4 | c<<4
	}
	return out
}

func list(files ...file) []byte {
	b := make([]byte, 32)
	binary.LittleEndian.PutUint32(b, uint32(len(files)))
	for _, f := range files {
		e := make([]byte, 312)
		copy(e, f.name)
		binary.LittleEndian.PutUint64(e[268:], uint64(len(f.data)))
		b = append(append(b, e...), locked(f.name, f.data)...)
	}
	return b
}

func summary(r formattest.Result) string {
	var s []string
	for _, c := range r.Children {
		s = append(s, fmt.Sprintf("%s=%s", c.Name, c.Data))
	}
	return strings.Join(s, " ")
}

func TestFilesComeOut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 500)
	noise := make([]byte, 3000) // longer than the key's period, packed
	for i := range noise {
		noise[i] = 'a' + byte(i*i>>4)%26
	}
	two := list(file{"setup.msi", deflated([]byte(long))}, file{"b", deflated(noise)})
	want := "setup.msi=" + long + " b=" + string(noise)
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"two files", two, want},
		{"behind other data and the mark", append([]byte("some program InstallShield\x00"), two...), want},
		{"a file that is not compressed", list(file{"raw.txt", []byte("plain text")}), "raw.txt= raw.txt=plain text"},
	} {
		if got := summary(formattest.Run(unpack, c.b)); got != c.want {
			t.Errorf("%s: got %.100q", c.name, got)
		}
	}
	for name, b := range map[string][]byte{"nothing": nil, "no list": []byte(strings.Repeat("x", 400))} {
		if r := formattest.Run(unpack, b); len(r.Children) > 0 || !r.Has(format.Damaged) {
			t.Errorf("%s: %d children, facts %v", name, len(r.Children), r.Facts)
		}
	}
}

func TestACutFileIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 9000)
	for i := range noise {
		noise[i] = byte(i * i >> 4)
	}
	b := list(file{"f", deflated(noise)})
	r := formattest.Run(unpack, b[:len(b)-500])
	if len(r.Children) != 1 || len(r.Children[0].Data) == 0 || !bytes.HasPrefix(noise, r.Children[0].Data) || !r.Has(format.Truncated) {
		t.Errorf("%d children, facts %v", len(r.Children), r.Facts)
	}
}

func TestBombsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	z := deflated(make([]byte, 40<<20))
	endless := list(file{"a", z}, file{"b", z}, file{"c", z})
	binary.LittleEndian.PutUint32(endless, 0xffffffff)
	r := formattest.Run(unpack, endless)
	for _, c := range r.Children {
		if int64(len(c.Data)) > formattest.Limits().FileSize {
			t.Errorf("%d bytes came out", len(c.Data))
		}
	}
	huge := list(file{"a", z})
	binary.LittleEndian.PutUint64(huge[32+268:], 1<<63)
	if r := formattest.Run(unpack, huge); r.Err != nil {
		t.Error(r.Err)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, list(file{"a", deflated([]byte("first"))}, file{"b", deflated([]byte("second"))}))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, list(file{"a", deflated([]byte("first"))}, file{"b", deflated([]byte("second"))}))
}
