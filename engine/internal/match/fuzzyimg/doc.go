// Package fuzzyimg computes the perceptual hash of images that fuzzy_img
// subsignatures compare with.
//
// In goes an image file (PNG, JPEG, GIF or BMP; the first frame counts), out
// come 64 bits that stay the same under scaling and slight recolouring. The
// hash is that of the Python package imagehash (phash with default arguments),
// which ClamAV adopted: grey by ITU-R 601, 32 by 32 pixels by a Lanczos filter,
// discrete cosine transform, the 8 by 8 lowest frequencies against their
// median. No Go library gives the same bits.
//
// MaxPixels bounds the work and the memory: a header that claims more is
// refused before a pixel is decoded.
package fuzzyimg
