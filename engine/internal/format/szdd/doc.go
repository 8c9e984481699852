// Package szdd unpacks files of Microsoft's COMPRESS.EXE (SZDD). The declared
// size is compared with the limits and otherwise not believed.
package szdd
