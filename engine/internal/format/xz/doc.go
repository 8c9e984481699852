// Package xz unpacks .xz files. All streams are decoded into one unnamed child;
// junk behind the last one is ignored. What could be decoded of a damaged file
// is handed on.
package xz
