package bitio

import (
	"bytes"
	"testing"
)

func TestBitOrders(t *testing.T) {
	t.Parallel()
	b := []byte{0x12, 0x34, 0x56, 0x78}
	l := NewLSB(bytes.NewReader(b))
	if v := l.Bits(4); v != 2 {
		t.Errorf("lowest four bits: %x, want 2", v)
	}
	if v := l.Bits(12); v != 0x341 {
		t.Errorf("next twelve: %x, want 341", v)
	}
	m := NewMSB(bytes.NewReader(b))
	if v := m.Bits(12); v != 0x123 {
		t.Errorf("highest twelve bits: %x, want 123", v)
	}
	m.Align(8)
	if v := m.Bits(16); v != 0x5678 {
		t.Errorf("after alignment: %x, want 5678", v)
	}
	w := NewMSB16(bytes.NewReader(b))
	if v := w.Bits(16); v != 0x3412 {
		t.Errorf("first word: %x, want 3412", v)
	}
}

func TestReadingPastTheEndIsNoticed(t *testing.T) {
	t.Parallel()
	l := NewLSB(bytes.NewReader([]byte{1}))
	if l.Peek(16); l.Over() {
		t.Error("peeking past the end counts as reading")
	}
	if l.Bits(8); l.Over() {
		t.Error("the last byte counts as past the end")
	}
	if l.Bits(1); !l.Over() {
		t.Error("a bit past the end was not noticed")
	}
	m := NewMSB16(bytes.NewReader([]byte{1, 2, 3}))
	if m.Bits(16); m.Over() {
		t.Error("the first word counts as past the end")
	}
	if m.Bits(16); !m.Over() {
		t.Error("half a word was taken for a whole one")
	}
}
