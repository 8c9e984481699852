// Package swf unpacks Flash movies: a movie compressed with zlib (CWS) or LZMA
// (ZWS) goes out as the plain movie (FWS) that it stands for. Plain movies are
// matched as they are; binary data in them is found by the recognition of
// embedded objects. A damaged stream gives what could be decoded of it.
//
// Format: SWF File Format Specification, version 19 (Adobe).
package swf
