// Package quantum decodes the Quantum method of Microsoft cabinets: LZ77 with
// adaptive arithmetic coding, one cabinet data block per frame of 32 KiB. The
// format is described by Matthew T. Russotto, "Quantum compression format".
package quantum
