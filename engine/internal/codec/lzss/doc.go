// Package lzss decodes the plain LZSS of MS-DOS times: SZDD (Microsoft
// compress) and LHA's lzs and lz5.
package lzss
