//go:build !linux

package main

func procDevice() uint64 { return 0 }
