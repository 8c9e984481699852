//go:build linux && (amd64 || arm64)

package softlimit

// entry is where the program begins when it is linked with -E. It is no function that
// Go code could call.
//
//lint:ignore U1000 named by the linker flag
func entry()
