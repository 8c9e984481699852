// Package egg takes ALZip's EGG archives apart: members of one or more blocks,
// stored, deflated, bzip2 or LZMA. Solid archives, split volumes and the
// proprietary AZO method are reported as unsupported.
package egg
