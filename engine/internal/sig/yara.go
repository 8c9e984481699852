package sig

import "io"

func loadYARA(f *file, r io.Reader) error     { return nil }
func loadIOC(f *file, r io.Reader) error      { return nil }
func loadBytecode(f *file, r io.Reader) error { return nil }
