// Package gzip unpacks gzip files (RFC 1952). All members are decoded into one
// unnamed child, as ClamAV does, because a signature may span them. Checksums
// and lengths are not verified; what follows the last member is ignored.
package gzip
