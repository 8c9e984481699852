// Package uu decodes uuencoded lines.
//
// In: the lines between "begin <mode> <name>" and "end". Out: the bytes they
// hold. A line that is too short decodes as if blanks followed, because mail
// systems strip trailing blanks. No state is kept between lines.
//
// There is no uudecoder in the standard library.
package uu
