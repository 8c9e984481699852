// Package inspect shows how the engine sees things: what a signature matches in a
// file and where, the hashes and normal forms that signatures are written against,
// and what a compiled database is made of. It is for people who write and examine
// signatures (gsigtool); scanning goes through package engine.
//
//	p, err := inspect.CompilePattern("4d5a{40-60}5045")
//	if err != nil { … }
//	at, err := p.Find(ctx, data) // [0]
//
// In go bytes and single signatures, out come plain values. All input may be
// hostile: sizes are capped by the constants of this package, parsers are the
// engine's own, and searches end with their context.
package inspect
