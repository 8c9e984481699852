// Package rar takes RAR archives apart, versions 1.5 to 5.
//
// Two readers work together. Our own walks the block headers: it knows names,
// sizes, checksums and encryption, and hands stored members over in place, also
// from damaged archives. Compressed members are decoded by nwaples/rardecode,
// with a bounded dictionary and behind a recover boundary; it is the one decoder
// too large and too well tested to write again.
//
// Only this volume's data are read of a multi-volume set. No passwords are tried.
package rar
