//go:build !linux

package clamd

// descriptorPath is not available: reports name the descriptor.
func descriptorPath(int) (string, bool) { return "", false }
