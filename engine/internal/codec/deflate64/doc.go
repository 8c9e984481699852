// Package deflate64 decodes "enhanced deflate" (ZIP method 9, 7-Zip): deflate
// with a 64 KiB window, two more distance codes and matches of up to 65,538
// bytes. No Go library decodes it. Memory is the window and three tables.
package deflate64
