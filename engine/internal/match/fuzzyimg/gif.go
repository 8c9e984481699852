package fuzzyimg

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/gif"

	"gclam/engine/internal/bytesx"
)

func isGIF(file []byte) bool { return bytes.HasPrefix(file, []byte("GIF8")) }

// decodeGIF decodes the first frame, on a black canvas of the size of the
// logical screen. Transparent pixels show their colour.
func decodeGIF(file []byte) (image.Image, error) {
	cfg, err := gif.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err := checkSize(cfg.Width, cfg.Height); err != nil {
		return nil, err
	}
	frame, err := gif.Decode(bytes.NewReader(opaque(file)))
	if err != nil {
		// The transparent colour may be none of the palette.
		frame, err = gif.Decode(bytes.NewReader(file))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	screen := image.Rect(0, 0, cfg.Width, cfg.Height)
	if frame.Bounds() == screen {
		return frame, nil
	}
	canvas := image.NewRGBA(screen)
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return canvas, nil
}

// opaque returns a copy of a GIF file without the transparency of its first
// frame, because the decoder of the standard library forgets the colour of
// transparent pixels. Block layout: GIF89a specification, sections 18 to 24.
func opaque(file []byte) []byte {
	out := bytes.Clone(file)
	flags, _ := bytesx.U8(out, 10)
	pos := int64(13)
	if flags&0x80 != 0 {
		pos += 3 << (flags&7 + 1)
	}
	for {
		block, ok := bytesx.Slice(out, pos, 4)
		if !ok || block[0] != 0x21 {
			return out
		}
		if block[1] == 0xF9 && block[2] >= 1 {
			block[3] &^= 1
		}
		pos += 2
		for {
			n, ok := bytesx.U8(out, pos)
			if !ok {
				return out
			}
			pos += 1 + int64(n)
			if n == 0 {
				break
			}
		}
	}
}
