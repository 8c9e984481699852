// Package all is the explicit table of container parsers: reading this file
// tells what is compiled in. It is the only importer of the format folders.
package all

import (
	"maps"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
)

// Unpackers returns the parser of each file type that has one.
func Unpackers() map[cltype.Type]format.Unpacker {
	m := map[cltype.Type]format.Unpacker{}
	maps.Copy(m, archives())
	maps.Copy(m, mail())
	maps.Copy(m, images())
	maps.Copy(m, installers())
	maps.Copy(m, officeDocuments())
	maps.Copy(m, documentsPDF())
	return m
}
