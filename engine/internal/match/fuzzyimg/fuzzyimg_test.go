package fuzzyimg

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// pattern draws a coloured picture without symmetry.
func pattern(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x*y + x*x/3) / 7), 255})
		}
	}
	return img
}

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustHash(t *testing.T, file []byte) string {
	t.Helper()
	h, err := Compute(file)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h[:])
}

// The expected hashes were observed with sigtool 1.4.6 --fuzzy-img.
func TestFlatImagesHaveOnlyTheConstantBit(t *testing.T) {
	t.Parallel()
	img := image.NewGray(image.Rect(0, 0, 2, 2))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	if got := mustHash(t, encodePNG(t, img)); got != "8000000000000000" {
		t.Errorf("got %s", got)
	}
}

func TestContainersOfOnePictureHashAlike(t *testing.T) {
	t.Parallel()
	img := pattern(64, 48)
	want := mustHash(t, encodePNG(t, img))
	if got := mustHash(t, bitmap(img)); got != want {
		t.Errorf("BMP: got %s, want %s", got, want)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	if got := mustHash(t, b.Bytes()); got == "0000000000000000" {
		t.Errorf("JPEG: got %s", got)
	}
}

// bitmap writes an uncompressed 24-bit BMP file.
func bitmap(img *image.NRGBA) []byte {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	var b bytes.Buffer
	b.WriteString("BM")
	for _, v := range []any{uint32(0), uint32(0), uint32(54), uint32(40), int32(w), int32(h), uint16(1), uint16(24), [6]uint32{}} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	for y := h - 1; y >= 0; y-- {
		for x := range w {
			c := img.NRGBAAt(x, y)
			b.Write([]byte{c.B, c.G, c.R})
		}
		b.Write(make([]byte, -w*3&3))
	}
	return b.Bytes()
}

func TestTransparentPixelsCountWithTheirColour(t *testing.T) {
	t.Parallel()
	img := image.NewPaletted(image.Rect(0, 0, 32, 32), color.Palette{color.RGBA{200, 10, 10, 255}, color.RGBA{10, 10, 90, 255}})
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 37 % 2)
	}
	var plain bytes.Buffer
	if err := gif.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	img.Palette[1] = color.RGBA{}
	var clear bytes.Buffer
	if err := gif.Encode(&clear, img, nil); err != nil {
		t.Fatal(err)
	}
	// The encoder writes black for a transparent colour.
	img.Palette[1] = color.RGBA{A: 255}
	var black bytes.Buffer
	if err := gif.Encode(&black, img, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := mustHash(t, clear.Bytes()), mustHash(t, black.Bytes()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	mustHash(t, plain.Bytes())
}

func TestUselessImagesHaveNoHash(t *testing.T) {
	t.Parallel()
	whole := encodePNG(t, pattern(40, 40))
	huge := bytes.Clone(whole)
	binary.BigEndian.PutUint32(huge[16:], 1<<30)
	bmp := bitmap(pattern(8, 8))
	for name, file := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "half a PNG": whole[:len(whole)/2], "a claimed size": huge,
		"half a BMP": bmp[:100], "a bare BMP header": []byte("BM"),
	} {
		if _, err := Compute(file); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, ok := Hash(file); ok {
			t.Errorf("%s has a hash", name)
		}
	}
}

func TestDamagedImages(t *testing.T) {
	t.Parallel()
	for _, file := range [][]byte{encodePNG(t, pattern(20, 20)), bitmap(pattern(9, 9))} {
		for i := range file {
			b := bytes.Clone(file)
			b[i] ^= 0x81
			Hash(b)
		}
		for i := range 17 {
			Hash(file[:len(file)*i/16])
		}
	}
}

func FuzzHash(f *testing.F) {
	f.Add(encodePNG(f, pattern(5, 5)))
	f.Add(bitmap(pattern(5, 5)))
	var b bytes.Buffer
	_ = gif.Encode(&b, pattern(5, 5), nil)
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) { Hash(file) })
}
