package zip

import (
	"io"

	"gclam/engine/internal/codec"
)

// rare returns the decoders of the methods that few archives use.
func (u *unpacker) rare(e *entry, src io.Reader) (io.Reader, error) {
	return nil, codec.ErrUnsupported
}
