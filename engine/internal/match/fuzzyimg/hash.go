package fuzzyimg

import "slices"

// low is how many frequencies count in each direction.
const low = 8

// compare transforms an image and compares its lowest frequencies, the constant
// one included, with their median.
func compare(img [side][side]float32) [8]byte {
	var rows [side][]float32
	for y := range img {
		rows[y] = dct(img[y][:])
	}
	var freq [low * low]float32
	for u := range low {
		var column [side]float32
		for y := range rows {
			column[y] = rows[y][u]
		}
		for v, f := range dct(column[:])[:low] {
			freq[v*low+u] = f
		}
	}
	sorted := freq
	slices.Sort(sorted[:])
	median := (sorted[low*low/2-1] + sorted[low*low/2]) / 2
	var h [8]byte
	for i, f := range freq {
		if f > median {
			h[i/8] |= 0x80 >> (i % 8)
		}
	}
	return h
}
