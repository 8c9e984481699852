//go:build !unix

package main

// limitChild does nothing: the system has no such limits.
func limitChild() {}
