package fuzzyimg

import (
	"fmt"
	"image"
	"image/color"
	"math/bits"

	"gclam/engine/internal/bytesx"
)

func isBMP(file []byte) bool { return len(file) > 2 && file[0] == 'B' && file[1] == 'M' }

// bitFields is the compression value of uncompressed pixels with colour masks.
const bitFields = 3

// decodeBMP decodes uncompressed Windows bitmaps of 1, 4, 8, 24 and 32 bits a
// pixel; of those with colour masks only the ones whose masks are whole bytes. Source of the layout: Microsoft's BITMAPFILEHEADER and
// BITMAPINFOHEADER documentation.
func decodeBMP(file []byte) (image.Image, error) {
	start, _ := bytesx.U32LE(file, 10)
	size, _ := bytesx.U32LE(file, 14)
	w, _ := bytesx.U32LE(file, 18)
	h, _ := bytesx.U32LE(file, 22)
	depth, _ := bytesx.U16LE(file, 28)
	compression, _ := bytesx.U32LE(file, 30)
	used, ok := bytesx.U32LE(file, 46)
	if !ok || size < 40 || (compression != 0 && (compression != bitFields || depth != 32)) {
		return nil, fmt.Errorf("%w: bmp: unsupported header", ErrFormat)
	}
	width, height, down := int(int32(w)), int(int32(h)), false
	if height < 0 {
		height, down = -height, true
	}
	if err := checkSize(width, height); err != nil {
		return nil, err
	}
	d := bmp{order: [3]int{2, 1, 0}, file: file, start: int64(start), stride: (int64(width)*int64(depth) + 31) / 32 * 4, bits: int64(depth)}
	switch depth {
	case 1, 4, 8:
		if used == 0 || used > 1<<depth {
			used = 1 << depth
		}
		d.palette = bytesx.Clip(file, 14+int64(size), int64(used)*4)
	case 24, 32:
		if compression == bitFields && !d.masks() {
			return nil, fmt.Errorf("%w: bmp: unsupported masks", ErrFormat)
		}
	default:
		return nil, fmt.Errorf("%w: bmp: %d bits a pixel", ErrFormat, depth)
	}
	if _, ok := bytesx.Slice(file, d.start, d.stride*int64(height)); !ok {
		return nil, fmt.Errorf("%w: bmp: pixels run past the end", ErrFormat)
	}
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row := int64(height - 1 - y)
		if down {
			row = int64(y)
		}
		for x := range width {
			img.SetNRGBA(x, y, d.at(int64(x), row))
		}
	}
	return img, nil
}

// bmp is a bitmap whose pixels are known to lie inside the file.
type bmp struct {
	file                []byte
	palette             []byte
	start, stride, bits int64
	order               [3]int // bytes of red, green and blue in a pixel
}

// masks reads the colour masks and tells whether each is a whole byte.
func (d *bmp) masks() bool {
	for i := range d.order {
		m, ok := bytesx.U32LE(d.file, 54+4*int64(i))
		shift := bits.TrailingZeros32(m)
		if !ok || shift%8 != 0 || shift > 24 || m>>shift != 0xFF {
			return false
		}
		d.order[i] = shift / 8
	}
	return true
}

// at returns one pixel; row counts in the order of the file.
func (d *bmp) at(x, row int64) color.NRGBA {
	at := d.start + row*d.stride + x*d.bits/8
	entry := d.file[at:]
	if d.bits <= 8 {
		shift := 8 - d.bits - x*d.bits%8
		index := int64(d.file[at]) >> shift & (1<<d.bits - 1)
		var ok bool
		if entry, ok = bytesx.Tail(d.palette, index*4); !ok || len(entry) < 3 {
			return color.NRGBA{A: 255}
		}
	}
	return color.NRGBA{R: entry[d.order[0]], G: entry[d.order[1]], B: entry[d.order[2]], A: 255}
}
