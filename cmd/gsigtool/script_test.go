package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"sigtool": main}) }

// TestScripts runs the program as users do. $FIXTURES is the directory of signed
// test databases; scripts that need it skip where it is absent.
func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "spec", "cases", "fixtures"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(fixtures)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("FIXTURES", fixtures)
			return nil
		},
		Condition: func(cond string) (bool, error) { return cond == "fixtures" && err == nil, nil },
	})
}
