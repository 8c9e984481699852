package autoit

import (
	"io"
	"math/bits"
)

// keyStream gives the bytes that data are XORed with.
type keyStream interface{ next() byte }

// decrypted takes a key stream off.
type decrypted struct {
	r io.Reader
	s keyStream
}

// Read implements io.Reader.
func (d *decrypted) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	for i := range p[:n] {
		p[i] ^= d.s.next()
	}
	return n, err
}

// stateSize is the number of words of the Mersenne Twister.
const stateSize = 624

// twister is the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998); its
// key stream are bits 1 to 8 of each number.
type twister struct {
	state [stateSize]uint32
	i     int
}

func newTwister(seed uint32) keyStream {
	t := &twister{i: stateSize}
	t.state[0] = seed
	for i := 1; i < len(t.state); i++ {
		p := t.state[i-1]
		t.state[i] = 0x6c078965*(p^p>>30) + uint32(i)
	}
	return t
}

func (t *twister) next() byte {
	n := len(t.state)
	if t.i >= n {
		t.i = 0
		for i := range n {
			y := t.state[i]&0x80000000 | t.state[(i+1)%n]&0x7fffffff
			t.state[i] = t.state[(i+397)%n] ^ y>>1 ^ (y&1)*0x9908b0df
		}
	}
	y := t.state[t.i]
	t.i++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	y ^= y >> 18
	return byte(y >> 1)
}

// lagged is the lagged generator of EA06: 17 numbers, of which two are combined
// in each step. Its key stream is the top byte of each second number.
type lagged struct {
	g    [17]uint32
	i, k int
}

func newLagged(seed uint32) keyStream {
	const warmUp = 9
	l := &lagged{k: 10}
	for i := range l.g {
		seed = 1 - seed*0x53a9b4fb
		l.g[i] = seed
	}
	for range warmUp {
		l.step()
	}
	return l
}

func (l *lagged) step() uint32 {
	r := bits.RotateLeft32(l.g[l.i], 9) + bits.RotateLeft32(l.g[l.k], 13)
	l.g[l.i] = r
	l.i, l.k = (l.i+16)%17, (l.k+16)%17
	return r
}

func (l *lagged) next() byte {
	l.step()
	return byte(l.step() >> 24)
}
