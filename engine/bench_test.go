package engine

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"
)

// BenchmarkScanBytes scans random data with the embedded database: the cost of
// a pass that finds nothing.
func BenchmarkScanBytes(b *testing.B) {
	s := embeddedScanner(b, Options{})
	data := make([]byte, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		res, err := s.ScanBytes(context.Background(), data, ObjectInfo{})
		if err != nil || res.Infected() {
			b.Fatalf("%v %v", res, err)
		}
	}
}

// BenchmarkScanFile scans the file that GCLAM_BENCH_FILE names with the database
// in GCLAM_BENCH_DB.
func BenchmarkScanFile(b *testing.B) {
	db, file := os.Getenv("GCLAM_BENCH_DB"), os.Getenv("GCLAM_BENCH_FILE")
	if db == "" || file == "" {
		b.Skip("GCLAM_BENCH_DB and GCLAM_BENCH_FILE are not set")
	}
	e, err := Load(context.Background(), db, LoadOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	s, err := e.NewScanner(Options{})
	if err != nil {
		b.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.ScanBytes(context.Background(), data, ObjectInfo{}); err != nil {
			b.Fatal(err)
		}
	}
}
