package lzma

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ulikunitz/xz/lzma"

	"gclam/engine/internal/codec"
)

func text(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	words := strings.Fields("the quick brown fox jumps over a lazy dog while signatures match")
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(byte(32 + r.IntN(4)))
		if r.IntN(20) == 0 {
			for range r.IntN(300) {
				b.WriteByte(byte(r.Uint32()))
			}
		}
	}
	return b.Bytes()[:n]
}

func alone(t testing.TB, data []byte, cfg lzma.WriterConfig) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := cfg.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed2(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := lzma.Writer2Config{DictCap: 1 << 20}.NewWriter2(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecodesWhatAnotherEncoderWrote(t *testing.T) {
	t.Parallel()
	data := text(700_000)
	for name, cfg := range map[string]lzma.WriterConfig{
		"with an end mark":         {EOSMarker: true},
		"with the size in front":   {Size: int64(len(data)), SizeInHeader: true},
		"with both":                {Size: int64(len(data)), SizeInHeader: true, EOSMarker: true},
		"with a tiny dictionary":   {DictCap: 4096, EOSMarker: true},
		"with unusual properties":  {Properties: &lzma.Properties{LC: 1, LP: 3, PB: 4}, EOSMarker: true},
		"with no position context": {Properties: &lzma.Properties{LC: 0, LP: 0, PB: 0}, EOSMarker: true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewAloneReader(bytes.NewReader(alone(t, data, cfg)), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, data) {
				t.Fatalf("got %d bytes, error %v; want the %d original bytes", len(got), err, len(data))
			}
		})
	}
}

func TestDecodesLZMA2ChunksOfAllKinds(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 200_000)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	data := bytes.Join([][]byte{text(300_000), noise, text(300_000)}, nil)
	got, err := io.ReadAll(NewReader2(bytes.NewReader(packed2(t, data)), 1<<20, UnknownSize, nil))
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("got %d bytes, error %v; want the %d original bytes", len(got), err, len(data))
	}
}

// account is a memory account that remembers its peak.
type account struct{ now, peak, max int64 }

func (a *account) Grant(n int64) bool {
	if a.now+n > a.max {
		return false
	}
	a.now += n
	a.peak = max(a.peak, a.now)
	return true
}

func (a *account) Release(n int64) { a.now -= n }

func TestADeclaredDictionaryOfFourGigabytesCostsNothing(t *testing.T) {
	t.Parallel()
	b := alone(t, text(1000), lzma.WriterConfig{EOSMarker: true})
	binary.LittleEndian.PutUint32(b[1:], 0xffffffff)
	a := &account{max: 1 << 20}
	r, err := NewAloneReader(bytes.NewReader(b), a)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || len(got) != 1000 {
		t.Fatalf("got %d bytes, error %v; want 1000", len(got), err)
	}
	if a.peak > 128<<10 {
		t.Errorf("peak memory %d bytes for 1000 bytes of output", a.peak)
	}
	r.Close()
	if a.now != 0 {
		t.Errorf("%d bytes of memory were not given back", a.now)
	}
}

func TestOutputBeforeTheMemoryLimitIsKept(t *testing.T) {
	t.Parallel()
	b := alone(t, make([]byte, 8<<20), lzma.WriterConfig{EOSMarker: true, DictCap: 8 << 20})
	a := &account{max: 1 << 20}
	r, err := NewAloneReader(bytes.NewReader(b), a)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if !errors.Is(err, codec.ErrMemory) || len(got) < 256<<10 {
		t.Fatalf("got %d bytes, error %v; want some output and ErrMemory", len(got), err)
	}
}

func TestTruncatedStreamsGiveTheirBeginning(t *testing.T) {
	t.Parallel()
	data := text(100_000)
	a := alone(t, data, lzma.WriterConfig{EOSMarker: true})
	b := packed2(t, data)
	for i := range 16 {
		if r, err := NewAloneReader(bytes.NewReader(a[:len(a)*i/16]), nil); err == nil {
			got, err := io.ReadAll(r)
			if err == nil || !bytes.HasPrefix(data, got) {
				t.Errorf("cut LZMA at %d/16: %d bytes, error %v; want a prefix and an error", i, len(got), err)
			}
		}
		got, err := io.ReadAll(NewReader2(bytes.NewReader(b[:len(b)*i/16]), 1<<20, UnknownSize, nil))
		if err == nil || !bytes.HasPrefix(data, got) {
			t.Errorf("cut LZMA2 at %d/16: %d bytes, error %v; want a prefix and an error", i, len(got), err)
		}
	}
}

func FuzzLZMA(f *testing.F) {
	f.Add(alone(f, text(2000), lzma.WriterConfig{EOSMarker: true}))
	f.Add(packed2(f, text(2000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		const most = 1 << 22
		if r, err := NewAloneReader(bytes.NewReader(b), &account{max: most}); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(r, most))
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(NewReader2(bytes.NewReader(b), 1<<22, UnknownSize, &account{max: most}), most))
		_, _ = io.Copy(io.Discard, io.LimitReader(NewLzipReader(bytes.NewReader(b), &account{max: most}), most))
	})
}

func BenchmarkLZMA(b *testing.B) {
	data := text(1 << 20)
	p := alone(b, data, lzma.WriterConfig{EOSMarker: true})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r, _ := NewAloneReader(bytes.NewReader(p), nil)
		if n, _ := io.Copy(io.Discard, r); n != int64(len(data)) {
			b.Fatal("short output")
		}
	}
}
