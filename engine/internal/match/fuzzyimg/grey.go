package fuzzyimg

import (
	"image"
	"image/color"
)

// plane is a grey image of 8 bits a pixel.
type plane struct {
	width, height int
	pix           []uint8
}

// grey converts an image by the weights of ITU-R 601. Transparency is ignored:
// the colour of a transparent pixel counts in full.
func grey(img image.Image) plane {
	b := img.Bounds()
	p := plane{width: b.Dx(), height: b.Dy(), pix: make([]uint8, 0, b.Dx()*b.Dy())}
	at := narrow
	switch img.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		at = deep
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			p.pix = append(p.pix, at(img.At(x, y)))
		}
	}
	return p
}

func narrow(c color.Color) uint8 {
	v := color.NRGBAModel.Convert(c).(color.NRGBA)
	return luma(v.R, v.G, v.B)
}

// deep rounds the 16-bit samples of a colour instead of cutting them off.
func deep(c color.Color) uint8 {
	v := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	round := func(s uint16) uint8 { return uint8((uint32(s) + 128) / 257) }
	return luma(round(v.R), round(v.G), round(v.B))
}

// luma weighs a colour in 16-bit fixed point.
func luma(r, g, b uint8) uint8 {
	return uint8((uint32(r)*19595 + uint32(g)*38470 + uint32(b)*7471 + 0x8000) >> 16)
}
