// Package arj takes ARJ archives apart: stored members and methods 1 to 4.
// Garbled members are shown by their headers only, volumes are read one by one.
// Header format: ARJ TECHNOTE.
package arj
