//go:build !unix

package main

func uname() string { return "" }
