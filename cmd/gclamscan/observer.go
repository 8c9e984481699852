package main

import (
	"gclam/engine"
)

// observer returns what is told about objects inside of files: nil unless
// --archive-verbose wants to hear it.
func (a *app) observer() engine.Observer {
	if !a.v.Bool("archive-verbose") {
		return nil
	}
	return nil
}
