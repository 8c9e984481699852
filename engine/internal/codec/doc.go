// Package codec holds what all decoders share: the sentinel errors, the memory
// account, and Guard, the boundary behind which every decoder runs.
//
// A decoder is an io.Reader over an io.Reader. What goes in is untrusted; what
// comes out is whatever could be decoded, followed by an error that says why it
// ended. Decoders never allocate from a declared size: windows grow with the
// output that has really been produced (package window), tables have fixed size.
package codec
