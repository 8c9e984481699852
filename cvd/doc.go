// Package cvd reads, checks and writes ClamAV's signed signature containers.
//
// In go .cvd, .cld and .cud files, incremental updates (.cdiff) and detached
// signatures (.sign), all of them hostile until proven otherwise. Out come
// the members of a container, one after the other and never on disk, each
// compared in size and SHA-256 with the container's signed list:
//
//	h, err := cvd.Read(f, size, cvd.KindOf("daily.cvd"), cvd.ReadOptions{},
//		func(m cvd.Member, r io.Reader) error { … })
//
// A container is a 512-byte text header and a tar archive, plain or gzip. Three
// things authenticate it: the header's RSA signature over the MD5 of the body
// (.cvd only), the signature inside the member NAME.info (.cvd and .cld), which
// covers the hash of every member, and, for the vendor's newer files, a detached
// CMS signature beside the container, which replaces the first.
//
// Nothing is allocated from a number in a file; every size has a named cap next
// to its parser. The package is our own because no library knows the format, and
// because crypto/rsa implements neither the unpadded legacy scheme nor the
// vendor's even-length variant of PSS; chains of detached signatures are left to
// crypto/x509.
//
// The package knows nothing of signatures' meaning. Package update, below this
// one, fetches databases and tests them through a callback.
package cvd
