// Package corpustest holds the test that runs all container parsers over the
// conformance corpus, without the rest of the engine: it types layers by magic,
// unpacks recursively and looks for the payload.
package corpustest
