//go:build ignore

// Command freq counts case-folded byte pairs in sample files and writes the
// table that rates how rare a literal is: for each pair 8*log2(1+count),
// scaled to a sample of 1 GiB. Usage: go run gen/freq.go OUT DIR...
//
// Take clean, ordinary files (programs, libraries, documents), never the files
// that benchmarks measure.
package main

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

func main() {
	var count [65536]uint64
	var total uint64
	for _, dir := range os.Args[2:] {
		_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			b, err := os.ReadFile(p)
			if err != nil {
				return nil
			}
			b = b[:min(len(b), 1<<20)]
			for i := 0; i+1 < len(b); i++ {
				count[uint16(b[i]|0x20)<<8|uint16(b[i+1]|0x20)]++
			}
			total += uint64(len(b))
			return nil
		})
	}
	out := make([]byte, 65536)
	for i, c := range count {
		v := 8 * math.Log2(1+float64(c)*(1<<30)/float64(total))
		out[i] = byte(min(v, 255))
	}
	if err := os.WriteFile(os.Args[1], out, 0o644); err != nil {
		panic(err)
	}
}
