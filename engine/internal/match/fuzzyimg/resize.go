package fuzzyimg

import "math"

// side is the width and height of the image that is transformed.
const side = 32

// lobes is the reach of the Lanczos filter, in pixels of the smaller scale.
const lobes = 3

func lanczos(x float64) float64 {
	if x == 0 {
		return 1
	}
	if math.Abs(x) >= lobes {
		return 0
	}
	a := math.Pi * x
	return lobes * math.Sin(a) * math.Sin(a/lobes) / (a * a)
}

// taps are the weights by which one pixel of the result is made.
type taps struct {
	first   int
	weights []float32
}

// filter returns the taps for scaling n pixels to side.
func filter(n int) [side]taps {
	var out [side]taps
	ratio := float64(n) / side
	scale := max(ratio, 1)
	reach := lobes * scale
	for i := range out {
		centre := (float64(i) + 0.5) * ratio
		left := min(max(int(math.Floor(centre-reach)), 0), n-1)
		right := min(max(int(math.Ceil(centre+reach)), left+1), n)
		w := make([]float32, right-left)
		sum := float32(0)
		for k := range w {
			w[k] = float32(lanczos((float64(left+k) - (centre - 0.5)) / scale))
			sum += w[k]
		}
		for k := range w {
			w[k] /= sum
		}
		out[i] = taps{left, w}
	}
	return out
}

// shrink scales a plane to side by side pixels: first the columns, kept exact,
// then the rows, rounded to whole grey values.
func shrink(p plane) [side][side]float32 {
	rows := make([]float32, side*p.width)
	for y, t := range filter(p.height) {
		row := rows[y*p.width:][:p.width]
		for k, w := range t.weights {
			for x, v := range p.pix[(t.first+k)*p.width:][:p.width] {
				row[x] += w * float32(v)
			}
		}
	}
	var out [side][side]float32
	for x, t := range filter(p.width) {
		for y := range out {
			sum := float32(0)
			for k, w := range t.weights {
				sum += w * rows[y*p.width+t.first+k]
			}
			out[y][x] = float32(math.Round(min(max(float64(sum), 0), 255)))
		}
	}
	return out
}
