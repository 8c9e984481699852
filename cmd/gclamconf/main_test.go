package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gclam/engine"
	"gclam/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gclamconf": main})
}

// TestScripts runs testdata/*.txtar: commands, exit codes, exact lines.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true})
}

func TestVersionsAreTheEngines(t *testing.T) {
	t.Parallel()
	if cli.Compatibility != engine.Compatibility || cli.Version != engine.Version || cli.FunctionalityLevel != engine.FunctionalityLevel {
		t.Error("package cli and the engine claim different versions")
	}
}
