//go:build !unix

package logfmt

import (
	"errors"
	"os"
)

const noFollow = 0

func lockFile(*os.File) error { return errors.ErrUnsupported }
