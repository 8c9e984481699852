package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"gclam/engine"
)

// sample is a database of one signature: the text "malicious" anywhere.
var sample = fstest.MapFS{
	"sample.ndb": {Data: []byte("Sample.Text:0:*:6d616c6963696f7573\n")},
}

func Example() {
	ctx := context.Background()
	e, err := engine.LoadFS(ctx, sample, engine.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s, err := e.NewScanner(engine.Options{})
	if err != nil {
		log.Fatal(err)
	}
	res, err := s.ScanBytes(ctx, []byte("some malicious text"), engine.ObjectInfo{Name: "note.txt"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Infected(), res.Alert(), res.Matches[0].Path)
	// Output: true Sample.Text.UNOFFICIAL [note.txt]
}

func ExampleScanner_ScanReader() {
	ctx := context.Background()
	e, err := engine.LoadFS(ctx, sample, engine.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s, err := e.NewScanner(engine.Options{Limits: engine.Limits{FileSize: 1 << 20}})
	if err != nil {
		log.Fatal(err)
	}
	upload := bytes.NewReader([]byte("a perfectly fine upload"))
	res, err := s.ScanReader(ctx, upload, engine.ObjectInfo{Name: "upload"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Verdict, res.Type, res.Complete())
	// Output: clean CL_TYPE_TEXT_ASCII true
}

func ExampleReloader() {
	ctx := context.Background()
	first, err := engine.LoadFS(ctx, sample, engine.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	r := engine.NewReloader(first)
	next, err := engine.LoadFS(ctx, fstest.MapFS{
		"sample.ndb": {Data: []byte("Sample.Text:0:*:6d616c6963696f7573\nSample.Other:0:*:6f74686572\n")},
	}, engine.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	r.Swap(next)
	fmt.Println(r.Engine().Signatures())
	// Output: 2
}
