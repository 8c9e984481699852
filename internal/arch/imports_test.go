// Package arch holds the test that keeps imports pointing along the data flow.
package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	DepOnly    bool
}

// rule allows the packages that match from to import packages that match one of
// to, besides the standard library. Patterns are those of path.Match, with a
// last element of ... for a package and everything below. The first rule that fits counts.
type rule struct {
	from string
	to   []string
}

const in = "gclam/engine/internal/"

// rules is section "Import directions" of ARCHITECTURE.md.
var rules = []rule{
	{in + "bytesx", nil},
	{in + "limit", nil},
	{in + "cltype", nil},
	{in + "input", []string{in + "limit", in + "bytesx"}},
	{in + "words", []string{"github.com/cloudflare/ahocorasick"}},
	{in + "codec/...", []string{in + "codec/...", in + "bytesx", in + "limit", in + "input", "github.com/klauspost/compress/...", "github.com/ulikunitz/xz/..."}},
	{in + "filetype", []string{in + "bytesx", in + "limit", in + "input", in + "cltype"}},
	{in + "format", []string{in + "input", in + "limit"}},
	{in + "format/all", []string{in + "format/...", in + "cltype"}},
	{in + "format/rar", []string{in + "codec/...", in + "input", in + "limit", in + "bytesx", in + "format", "github.com/nwaples/rardecode/v2"}},
	{in + "format/ole2", []string{in + "codec/...", in + "input", in + "limit", in + "bytesx", in + "format", "github.com/richardlehane/mscfb"}},
	{in + "format/corpustest", nil},
	{in + "format/*", []string{in + "codec/...", in + "input", in + "limit", in + "bytesx", in + "format"}},
	{in + "normal/...", []string{in + "normal/...", in + "input", in + "limit", in + "bytesx", in + "words", in + "codec/..."}},
	{in + "exe", nil},
	{in + "exe/...", []string{in + "exe", in + "codec/...", in + "input", in + "limit", in + "bytesx"}},
	{in + "sig", []string{in + "bytesx", in + "limit", in + "input", in + "cltype"}},
	{in + "db", []string{in + "sig", in + "bytesx", in + "cltype", "golang.org/x/sys/unix"}},
	{in + "match/regex", []string{in + "limit", in + "bytesx"}},
	{in + "match/...", []string{in + "match/...", in + "db", in + "sig", in + "cltype", in + "exe", in + "input", in + "limit", in + "bytesx"}},
	{in + "match", []string{in + "match/...", in + "db", in + "sig", in + "cltype", in + "exe", in + "input", in + "limit"}},
	{in + "heuristic", []string{in + "exe", in + "bytesx"}},
	{in + "verdict", []string{in + "db", in + "sig", in + "match"}},
	{in + "walk", []string{
		in + "filetype", in + "format", in + "format/all", in + "normal/...", in + "exe", in + "exe/...", in + "match",
		in + "match/...", in + "verdict", in + "heuristic", in + "input", in + "limit", in + "db", in + "sig", in + "cltype",
	}},
	{"gclam/engine", []string{in + "walk", in + "heuristic", in + "db", in + "sig", in + "match", in + "input", in + "limit", "gclam/cvd"}},
	{"gclam/engine/inspect", []string{in + "db", in + "sig", in + "match", in + "match/...", in + "normal/...", in + "exe", in + "exe/...", in + "cltype", in + "input", in + "limit", "gclam/cvd"}},
	{"gclam/cvd", []string{"github.com/klauspost/compress/..."}},
	{"gclam/cvd/...", []string{"gclam/cvd", "gclam/cvd/...", "github.com/klauspost/compress/...", "golang.org/x/sys/..."}},
	{"gclam/clamd/backend", []string{"gclam/clamd", "gclam/engine"}},
	{"gclam/clamd/...", []string{"gclam/clamd/...", "gclam/internal/config", "gclam/internal/logfmt", "gclam/internal/sysd", "golang.org/x/sys/..."}},
	{"gclam/e2e", []string{"gclam/engine", "gclam/cvd", "gclam/clamd"}},
	{"gclam/internal/cli", []string{"gclam/internal/config", "gclam/internal/logfmt", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/sys/..."}},
	{"gclam/internal/scanopt", []string{"gclam/engine", "gclam/internal/config"}},
	{"gclam/internal/...", []string{"gclam/internal/...", "golang.org/x/sys/..."}},
	{"gclam/cmd/...", []string{"gclam/clamd/...", "gclam/cvd/...", "gclam/engine", "gclam/engine/inspect", "gclam/engine/internal/...", "gclam/internal/...", "golang.org/x/sys/..."}},
}

func match(pattern, name string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == base || strings.HasPrefix(name, base+"/")
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

func TestImportsPointAlongTheDataFlow(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,DepOnly", "gclam/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		check(t, p)
	}
}

func check(t *testing.T, p pkg) {
	for _, r := range rules {
		if !match(r.from, p.ImportPath) {
			continue
		}
	imports:
		for _, i := range p.Imports {
			if !strings.Contains(strings.SplitN(i, "/", 2)[0], ".") && !strings.HasPrefix(i, "gclam/") {
				continue // standard library
			}
			for _, to := range r.to {
				if match(to, i) {
					continue imports
				}
			}
			t.Errorf("%s must not import %s (see ARCHITECTURE.md)", p.ImportPath, i)
		}
		return
	}
	if strings.HasPrefix(p.ImportPath, "gclam/") && p.ImportPath != "gclam/internal/arch" {
		t.Errorf("%s has no rule in this test: add one, and a line in ARCHITECTURE.md", p.ImportPath)
	}
}
