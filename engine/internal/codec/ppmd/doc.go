// Package ppmd decodes PPMd variant H (PPMd7) with the range coder of 7-Zip.
// The model's heap is what the stream declares, but never more than its output
// can fill; it is charged to the memory account.
//
// The model is Dmitry Shkarin's (public domain), the stream format that of the
// LZMA SDK (public domain).
package ppmd
