package fuzzyimg

import (
	"math"
	"slices"
)

// low is how many frequencies count in each direction.
const low = 8

// compare transforms an image and compares its lowest frequencies, the constant
// one included, with their median.
func compare(img [side][side]float64) [8]byte {
	var cos [low][side]float64
	for k := range cos {
		for n := range cos[k] {
			cos[k][n] = math.Cos(math.Pi * float64(k) * (2*float64(n) + 1) / (2 * side))
		}
	}
	var half [side][low]float64 // rows transformed
	for y := range img {
		for k := range cos {
			for n, v := range img[y] {
				half[y][k] += v * cos[k][n]
			}
		}
	}
	var freq [low * low]float64
	for v := range low {
		for u := range low {
			for y := range half {
				freq[v*low+u] += half[y][u] * cos[v][y]
			}
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
