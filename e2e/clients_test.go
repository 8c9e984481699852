//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The reference for every command is Debian's client with Debian's daemon; each
// other pair of client and daemon has to give the same.

// clientCase is one command line; @ stands for the tree.
type clientCase struct {
	name  string
	args  string
	stdin string // "pipe", "file" or none

	// Over TCP there are no descriptors; Debian's client sends paths then, ours
	// streams, which finds no more than the first signature of each file.
	unixOnly bool
}

var clientCases = []clientCase{
	{name: "one infected file", args: "@/eicar/eicar.com"},
	{name: "one clean file", args: "@/eicar/clean.com"},
	{name: "several files", args: "@/eicar/eicar.zip @/eicar/clean.zip @/eicar/eicar.tar.gz"},
	{name: "a directory", args: "@"},
	{name: "a missing file", args: "@/none @/eicar/clean.com"},
	{name: "an empty file", args: "@/made/empty"},
	{name: "a name with blanks", args: "@/made/a\u00a0b/sp\u00a0ace.com"},
	{name: "the directory by descriptors", args: "--fdpass @"},
	{name: "a file by descriptor", args: "--fdpass @/eicar/eicar-zip.zip"},
	{name: "the directory as streams", args: "--stream @"},
	{name: "a file as a stream", args: "--stream @/eicar/eicar-base64.eml"},
	{name: "a clean file as a stream", args: "--stream @/eicar/clean-base64.eml"},
	{name: "several threads", args: "-m @"},
	{name: "several threads by descriptors", args: "-m --fdpass @"},
	{name: "several threads by streams", args: "-m --stream @"},
	{name: "standard input is a pipe", args: "-", stdin: "pipe"},
	{name: "standard input is a file", args: "-", stdin: "file"},
	{name: "standard input as a stream", args: "--stream -", stdin: "file"},
	{name: "all matches", args: "-z @/eicar/eicar.com"},
	{name: "all matches in a directory", args: "-z @"},
	{name: "all matches by several threads", args: "-z -m @"},
	{name: "all matches by descriptors", args: "-z --fdpass @", unixOnly: true},
	{name: "only infected files", args: "-i @"},
	{name: "only infected files without a summary", args: "-i --no-summary @"},
	{name: "no summary", args: "--no-summary @/eicar"},
	{name: "quiet", args: "--quiet @/eicar"},
	{name: "errors to standard output", args: "--stdout @/none"},
	{name: "verbose", args: "-v @/eicar/eicar.com"},
	{name: "two paths that standard input is one of", args: "- @/eicar/eicar.com", stdin: "pipe"},
	{name: "an option of clamscan", args: "-r --no-summary @/eicar/eicar.com"},
	{name: "ping", args: "--ping 5:1"},
	{name: "version", args: "--version"},
	{name: "reload", args: "--reload"},
}

// scannedTree has our test files and some that are awkward.
func scannedTree(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(workDir(t), "tree")
	eicars := filepath.Join(repository(), "testdata", "eicar")
	entries, err := os.ReadDir(eicars)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		copyFile(t, filepath.Join(eicars, e.Name()), filepath.Join(dir, "eicar", e.Name()))
	}
	made := filepath.Join(dir, "made")
	write(t, filepath.Join(made, "empty"), "")
	write(t, filepath.Join(made, "a b", "sp ace.com"), eicar())
	write(t, filepath.Join(made, "a b", "c", "d", "e", "deep.com"), eicar())
	write(t, filepath.Join(made, "not at the start.txt"), "x"+eicar())
	write(t, filepath.Join(made, "ümlaut \xff.com"), eicar())
	write(t, filepath.Join(made, "named FOUND"), "clean\n")
	for link, to := range map[string]string{"link": "a b/sp ace.com", "dirlink": "a b", "dangling": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(made, link)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// variable are the parts of a report that differ from run to run.
var variable = regexp.MustCompile(`(?m)^((?:Start Date|End Date|Time):).*$`)

// comparable makes two reports equal if they say the same: the order of files in a
// directory, and of threads, is free.
func comparable(text string, conf string) []string {
	if conf != "" {
		text = strings.ReplaceAll(text, conf, "CONF")
	}
	text = variable.ReplaceAllString(text, "$1")
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return lines
}

// outcome is a result in its comparable form.
type outcome struct {
	Exit           int
	Stdout, Stderr []string
}

func (c clientCase) outcome(t *testing.T, client, conf, tree string) outcome {
	t.Helper()
	args := []string{"-c", conf}
	for a := range strings.FieldsSeq(c.args) {
		args = append(args, strings.ReplaceAll(strings.ReplaceAll(a, "\u00a0", " "), "@", tree))
	}
	var cmd *exec.Cmd
	infected := filepath.Join(tree, "eicar", "eicar.zip")
	switch cmd = exec.Command(client, args...); c.stdin {
	case "pipe":
		cmd.Stdin = strings.NewReader(read(t, infected))
	case "file":
		f, err := os.Open(infected)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.Stdin = f
	}
	r := runCommand(t, cmd)
	return outcome{r.exit, comparable(r.stdout, conf), comparable(r.stderr, conf)}
}

// fdName is the number of the descriptor that the daemon chose.
var fdName = regexp.MustCompile(`^fd\[\d+\]`)

func hideDescriptors(lines []string) []string {
	for i, l := range lines {
		lines[i] = fdName.ReplaceAllString(l, "fd[N]")
	}
	return lines
}

func TestClientsAndDaemonsAreInterchangeable(t *testing.T) {
	theirs, ours := theirProgram(t, "clamdscan"), ourProgram(t, "gclamdscan")
	clamd := startServer(t, theirProgram(t, "clamd"))
	gclamd := startServer(t, ourProgram(t, "gclamd"))
	tree := scannedTree(t)
	for _, via := range []string{"unix", "tcp"} {
		for _, c := range clientCases {
			if c.unixOnly && via != "unix" {
				continue
			}
			t.Run(via+"/"+c.name, func(t *testing.T) {
				get := func(client string, s *server) outcome {
					o := c.outcome(t, client, s.confs[via], tree)
					o.Stdout, o.Stderr = hideDescriptors(o.Stdout), hideDescriptors(o.Stderr)
					return o
				}
				want := get(theirs, clamd)
				for name, got := range map[string]outcome{
					"clamdscan with gclamd":  get(theirs, gclamd),
					"gclamdscan with clamd":  get(ours, clamd),
					"gclamdscan with gclamd": get(ours, gclamd),
				} {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s, args %q (-clamdscan with clamd, +%s):\n%s", name, c.args, name, diff)
					}
				}
			})
		}
	}
}

func TestTheSameTreeGivesTheSameLinesAsClamscan(t *testing.T) {
	clamscan, gclamscan := theirProgram(t, "clamscan"), ourProgram(t, "gclamscan")
	db := filepath.Join(workDir(t), "db")
	eicarDatabase(t, db)
	trees := map[string]string{
		"testdata/eicar":   filepath.Join(repository(), "testdata", "eicar"),
		"awkward names":    scannedTree(t),
		"nested at random": randomTree(t),
	}
	for name, tree := range trees {
		for _, options := range []string{"-r", "-r -i", "-r -o", "-r -z", "-r --no-summary", "", "-r --follow-dir-symlinks=2 --follow-file-symlinks=2"} {
			t.Run(name+" "+options, func(t *testing.T) {
				args := append([]string{"-d", db}, strings.Fields(options)...)
				want := scanOutcome(t, clamscan, append(args, tree))
				got := scanOutcome(t, gclamscan, append(args, tree))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-clamscan +gclamscan):\n%s", diff)
				}
			})
		}
	}
}

// dataLines count in blocks that depend on how a scanner reads.
var dataLines = regexp.MustCompile(`(?m)^(Data (?:scanned|read):).*$`)

func scanOutcome(t *testing.T, program string, args []string) outcome {
	t.Helper()
	r := run(t, nil, program, args...)
	out := comparable(dataLines.ReplaceAllString(r.stdout, "$1"), "")
	if slices.Contains(args, "-z") { // how often a name comes depends on the number of views of an object
		out = slices.Compact(out)
	}
	return outcome{r.exit, out, comparable(r.stderr, "")}
}
