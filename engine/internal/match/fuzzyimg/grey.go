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
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			p.pix = append(p.pix, luma(c.R, c.G, c.B))
		}
	}
	return p
}

// luma weighs a colour in 16-bit fixed point.
func luma(r, g, b uint8) uint8 {
	return uint8((uint32(r)*19595 + uint32(g)*38470 + uint32(b)*7471 + 0x8000) >> 16)
}
