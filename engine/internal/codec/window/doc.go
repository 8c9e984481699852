// Package window is the sliding window of the LZ77 decoders: literals and
// matches go in, bytes come out in order through Reader.
//
// The window starts small and doubles with the output up to the size the stream
// declares, so a declared dictionary of gigabytes costs nothing until that much
// output exists. Each growth is charged to a codec.Memory.
package window
