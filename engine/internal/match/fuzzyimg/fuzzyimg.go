package fuzzyimg

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
)

// MaxPixels is the largest image that is decoded, width times height.
const MaxPixels = 1 << 25

// ErrFormat says that the bytes are no image of a known format, or a damaged or
// too large one. Such objects have no hash.
var ErrFormat = errors.New("fuzzyimg: not a usable image")

// Hash returns the hash of an image file, most significant bit first, or false
// when there is none because Compute fails.
func Hash(file []byte) ([8]byte, bool) {
	h, err := Compute(file)
	return h, err == nil
}

// Compute returns the hash of an image file. The error wraps ErrFormat.
func Compute(file []byte) ([8]byte, error) {
	img, err := decode(file)
	if err != nil {
		return [8]byte{}, err
	}
	return compare(shrink(grey(img))), nil
}

// decode decodes the first frame of an image whose header claims a bearable size.
func decode(file []byte) (img image.Image, err error) {
	// The decoders of the standard library promise errors, not panics; their
	// record on hostile files is good but not perfect.
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, fmt.Errorf("%w: decoder panicked: %v", ErrFormat, r)
		}
	}()
	switch {
	case isBMP(file):
		return decodeBMP(file)
	case isGIF(file):
		return decodeGIF(file)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err := checkSize(cfg.Width, cfg.Height); err != nil {
		return nil, err
	}
	img, _, err = image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return img, nil
}

func checkSize(width, height int) error {
	if width <= 0 || height <= 0 || int64(width)*int64(height) > MaxPixels {
		return fmt.Errorf("%w: %d by %d pixels", ErrFormat, width, height)
	}
	return nil
}
