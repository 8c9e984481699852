package hfsplus

import (
	"bytes"
	"context"
	"encoding/binary"
	"unicode/utf16"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Catalogue records, TN1150 "Catalog File Data".
const (
	recordFile = 2
	idAt       = 8
	dataForkAt = 88
	resForkAt  = 168
	fileSize   = resForkAt + forkSize
	nameAt     = 6 // in the key: parent, length, name
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, b: b, out: out}
	h, err := in.Window(headerAt, headerSize)
	if err != nil {
		return err
	}
	if len(h) < headerSize || !bytes.HasPrefix(h, []byte("H+")) && !bytes.HasPrefix(h, []byte("HX")) {
		out.Fact(format.Damaged, headerAt)
		return nil
	}
	block := int64(binary.BigEndian.Uint32(h[blockSizeAt:]))
	if block < minBlock || block > maxBlock || block&(block-1) != 0 {
		out.Fact(format.Damaged, headerAt+blockSizeAt)
		return nil
	}
	u.vol = &volume{in: in, block: block}
	if err := u.loadOverflow(parseFork(h[extentsAt:])); err != nil {
		return err
	}
	if err := u.loadCompressed(u.complete(idAttributes, forkData, parseFork(h[attrsAt:]))); err != nil {
		return err
	}
	t, err := u.openTree(u.complete(idCatalog, forkData, parseFork(h[catalogAt:])))
	if err != nil || t == nil {
		return err
	}
	return u.leaves(t, u.file)
}

type unpacker struct {
	ctx      context.Context
	b        *limit.Budget
	out      format.Sink
	vol      *volume
	overflow map[forkID][]piece
	packed   map[uint32]packed // by file
}

// file hands over the forks of a catalogue record, if it is a file's.
func (u *unpacker) file(key, data []byte) error {
	if len(data) < fileSize || binary.BigEndian.Uint16(data) != recordFile {
		return nil
	}
	id := binary.BigEndian.Uint32(data[idAt:])
	name := fileName(key)
	df := u.complete(id, forkData, parseFork(data[dataForkAt:]))
	rf := u.complete(id, forkResource, parseFork(data[resForkAt:]))
	for _, f := range []fork{df, rf} {
		if err := u.fork(name, f); err != nil {
			return err
		}
	}
	p, ok := u.packed[id]
	if !ok {
		return nil
	}
	delete(u.packed, id)
	return u.unpackFile(name, p, rf)
}

func (u *unpacker) fork(name string, f fork) error {
	if f.size == 0 {
		return nil
	}
	r, have := u.vol.open(f)
	if uint64(have) < f.size {
		u.out.Fact(format.Truncated, u.vol.in.Size())
	}
	if have == 0 {
		return nil
	}
	return u.out.Child(format.Meta{Name: name, CompressedSize: have, Size: have, NoMeta: true}, r)
}

// fileName is the name in a catalogue key.
func fileName(key []byte) string {
	if len(key) < nameAt {
		return ""
	}
	n := min(int(binary.BigEndian.Uint16(key[4:])), (len(key)-nameAt)/2)
	u := make([]uint16, n)
	for i := range u {
		u[i] = binary.BigEndian.Uint16(key[nameAt+2*i:])
	}
	return string(utf16.Decode(u))
}
