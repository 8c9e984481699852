//go:build unix

package e2e

import (
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The conformance tables hold what ClamAV 1.4.6 does, row by row. Rows that we do
// not meet stand in testdata/open-*.txt, under the reason or the issue that they
// wait for. A row that fails outside of its list fails the test, and so does a
// listed row that passes: the lists only shrink.

var shrink = flag.Bool("shrink", false, "take rows that pass now out of testdata/open-*.txt")

// replay is one table with the script that runs it.
type replay struct {
	name   string
	script string
	args   func(t *testing.T) []string
	failed *regexp.Regexp // finds the row in a line about a failure
	ended  *regexp.Regexp // the last line, without which the script died
}

var replays = []replay{
	{
		name: "signatures", script: "replay",
		args: func(t *testing.T) []string {
			return []string{"--bin", ourProgram(t, "gclamscan"), "--jobs", "2"}
		},
		failed: regexp.MustCompile(`(?m)^FAIL (\S+)$`),
		ended:  regexp.MustCompile(`(?m)^passed \d+ of \d{3,}$`),
	},
	{
		name: "containers", script: "containers-replay",
		args:   func(t *testing.T) []string { return []string{"--bin", ourProgram(t, "gclamscan")} },
		failed: regexp.MustCompile(`(?m)^(\S+ \w+): want `),
		ended:  regexp.MustCompile(`(?m)^\d{3,} files, \d+ differences$`),
	},
	{
		name: "clamd", script: "clamd-replay",
		args:   func(t *testing.T) []string { return []string{ourProgram(t, "gclamd")} },
		failed: regexp.MustCompile(`(?m)^FAIL (\S+)$`),
		ended:  regexp.MustCompile(`(?m)^\d{3,} cases, \d+ failed$`),
	},
	{
		name: "cli", script: "cli-replay",
		args: func(t *testing.T) []string {
			return []string{"--bindir", filepath.Dir(ourProgram(t, "gclamscan")), "--prefix", "g", "--fixtures", sharedCases(t, "fixtures")}
		},
		failed: regexp.MustCompile(`(?m)^FAIL (\S+)$`),
		ended:  regexp.MustCompile(`(?m)^\d{3,} cases, \d+ failed, 0 left out$`),
	},
}

func TestConformanceTables(t *testing.T) {
	for _, r := range replays {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			script := sharedCases(t, r.script)
			cmd := exec.Command(theirProgram(t, "python3"), append([]string{script}, r.args(t)...)...)
			cmd.Dir = workDir(t)
			out, err := cmd.CombinedOutput()
			if _, ok := err.(*exec.ExitError); err != nil && !ok {
				t.Fatal(err)
			}
			report := string(out)
			if !r.ended.MatchString(report) {
				t.Fatalf("%s did not come to its end:\n%s", r.script, report)
			}
			r.compare(t, report)
		})
	}
}

// compare holds the report against the list of open rows.
func (r replay) compare(t *testing.T, report string) {
	t.Helper()
	list := filepath.Join(repository(), "e2e", "testdata", "open-"+r.name+".txt")
	open := openRows(t, list)
	failed := map[string]string{} // row -> what the script said
	found := r.failed.FindAllStringSubmatchIndex(report, -1)
	for i, at := range found {
		end := len(report)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		failed[report[at[2]:at[3]]] = firstLines(report[at[0]:end])
	}
	for _, row := range slices.Sorted(maps.Keys(failed)) {
		if !open[row] {
			t.Errorf("a row fails that is not in %s:\n%s", filepath.Base(list), failed[row])
		}
	}
	var passing []string
	for _, row := range slices.Sorted(maps.Keys(open)) {
		if _, ok := failed[row]; !ok {
			passing = append(passing, row)
		}
	}
	if *shrink {
		removeRows(t, list, passing)
		return
	}
	for _, row := range passing {
		t.Errorf("%q passes: take it out of %s (go test ./e2e -run Conformance -shrink)", row, filepath.Base(list))
	}
	t.Logf("%s; %d rows are open", strings.TrimSpace(r.ended.FindString(report)), len(open))
}

// firstLines keeps messages readable.
func firstLines(s string) string {
	lines := strings.SplitAfterN(s, "\n", 5)
	return strings.Join(lines[:min(len(lines), 4)], "")
}

// openRows reads a list: one row a line, reasons after #.
func openRows(t *testing.T, list string) map[string]bool {
	t.Helper()
	rows := map[string]bool{}
	for line := range strings.Lines(read(t, list)) {
		if row := rowOf(line); row != "" {
			if rows[row] {
				t.Errorf("%s has %q twice", filepath.Base(list), row)
			}
			rows[row] = true
		}
	}
	return rows
}

func rowOf(line string) string {
	row, _, _ := strings.Cut(line, "#")
	return strings.TrimSpace(row)
}

func removeRows(t *testing.T, list string, rows []string) {
	t.Helper()
	var kept strings.Builder
	for line := range strings.Lines(read(t, list)) {
		if !slices.Contains(rows, rowOf(line)) {
			kept.WriteString(line)
		}
	}
	if err := os.WriteFile(list, []byte(kept.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
