package fuzzyimg

import "math"

// dct returns the discrete cosine transform (type II, unscaled) of x, whose
// length must be a power of two. It folds x on itself, so that the coefficients
// of flat and of symmetric input are exactly zero: they are compared with a
// median that is often zero, too.
func dct(x []float32) []float32 {
	n := len(x)
	if n == 1 {
		return []float32{x[0]}
	}
	sum, diff := make([]float32, n/2), make([]float32, n/2)
	for i := range sum {
		sum[i] = x[i] + x[n-1-i]
		diff[i] = x[i] - x[n-1-i]
	}
	out := make([]float32, n)
	for i, v := range dct(sum) {
		out[2*i] = v
	}
	for k := 1; k < n; k += 2 {
		for i, v := range diff {
			out[k] += v * float32(math.Cos(math.Pi*float64(k)*(2*float64(i)+1)/float64(2*n)))
		}
	}
	return out
}
