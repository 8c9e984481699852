package zlib_test

import (
	"bytes"
	stdlib "compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/zlib"
)

func pack(t testing.TB, b []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	z := stdlib.NewWriter(&w)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func noise(n int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(40))
	}
	return b
}

func TestStreamsOfAnotherEncoderComeOutUnchanged(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 1000, 200_000} {
		want := noise(n)
		got, err := io.ReadAll(zlib.NewReader(bytes.NewReader(pack(t, want))))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d bytes, error %v", n, len(got), err)
		}
	}
}

func TestAWrongChecksumCostsNothing(t *testing.T) {
	t.Parallel()
	want := noise(5000)
	b := pack(t, want)
	b[len(b)-1] ^= 0xff
	got, err := io.ReadAll(zlib.NewReader(bytes.NewReader(b)))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d of %d bytes, error %v", len(got), len(want), err)
	}
}

func TestACutStreamGivesItsBeginning(t *testing.T) {
	t.Parallel()
	want := noise(50_000)
	b := pack(t, want)
	for i := 1; i < 16; i++ {
		got, err := io.ReadAll(zlib.NewReader(bytes.NewReader(b[:len(b)*i/16])))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(want, got) {
			t.Errorf("cut at %d/16: %d bytes, error %v", i, len(got), err)
		}
		if i > 2 && len(got) == 0 {
			t.Errorf("cut at %d/16: nothing came out", i)
		}
	}
}

func TestWhatIsNotZlibIsCorrupt(t *testing.T) {
	t.Parallel()
	if _, err := io.ReadAll(zlib.NewReader(bytes.NewReader([]byte("hello, world")))); err == nil {
		t.Error("text was inflated")
	}
	_, err := io.ReadAll(zlib.NewReader(bytes.NewReader([]byte{0x79, 0, 0, 0})))
	if !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("wrong method: %v", err)
	}
}

func FuzzZlib(f *testing.F) {
	f.Add(pack(f, noise(300)))
	f.Add([]byte{0x78, 0x9c})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = io.Copy(io.Discard, io.LimitReader(zlib.NewReader(bytes.NewReader(b)), 1<<20))
	})
}
