// Package bitio reads bit fields from a byte stream in the two orders that
// compressed formats use. Reading past the end yields zero bits and is noted:
// a decoder asks Over once per symbol instead of checking each read.
package bitio
