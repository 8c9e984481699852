// Package flate is deflate and its wrappers over klauspost/compress, which was
// chosen for speed and for a clean record under fuzzing. What the wrapper adds:
// a consumed-bytes count, and errors in the terms of package codec.
package flate
