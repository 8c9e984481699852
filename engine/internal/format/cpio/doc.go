// Package cpio walks cpio archives of all dialects: binary in both byte orders,
// odc, newc and crc. Members are scanned in place; checksums are not verified;
// a cut member is scanned as far as it goes.
package cpio
