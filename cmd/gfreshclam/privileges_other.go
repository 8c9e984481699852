//go:build !unix

package main

func isRoot() bool { return false }

func lookUser(string) (identity, error) { return identity{}, errNoUser }

func become(identity) error { return nil }

func giveLog(string, string) {}

// canWrite: the first write will tell.
func canWrite(string) error { return nil }
