package sig

import "io"

func loadIOC(f *file, r io.Reader) error { return nil }
