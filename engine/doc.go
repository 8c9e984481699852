// Package engine finds malware in bytes, using ClamAV signature databases.
//
// Load a database once, make a Scanner with the limits you want, and scan:
//
//	e, err := engine.Load(ctx, "/var/lib/clamav", engine.LoadOptions{})
//	if err != nil { … }
//	defer e.Close()
//	s, err := e.NewScanner(engine.Options{})
//	if err != nil { … }
//	res, err := s.ScanFile(ctx, "invoice.pdf")
//	if res.Infected() { fmt.Println(res.Alert()) } // Win.Test.EICAR_HDB-1
//
// An Engine is immutable and a Scanner is safe for concurrent use. Memory per
// running scan is bounded by Options.Limits, whatever the input says about
// itself. Nothing is global: two databases can live in one process.
package engine
