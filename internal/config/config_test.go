package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func texts(ws []Warning) []string {
	var out []string
	for _, w := range ws {
		out = append(out, w.Text)
	}
	return out
}

func TestParseFileMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 1100)
	tests := []struct {
		name, in, strictErr, err string
		warns                    []string
	}{
		{name: "the example file must be edited", in: " Examples yes\n", strictErr: "Please edit the example config file f"},
		{name: "an unknown name stops", in: "LogTime yes\nFoo x\n", strictErr: "Parse error at f:2: Unknown option Foo"},
		{name: "names are case-sensitive", in: "maxfilesize 10\n", strictErr: "Parse error at f:1: Unknown option maxfilesize"},
		{name: "an unknown name alone lacks its argument", in: "Foo\n", strictErr: "Missing argument for option at f:1"},
		{name: "a string option needs a value", in: "TemporaryDirectory\n", strictErr: "Missing argument for option at f:1"},
		{name: "a value that fails its format has no line number", in: "MaxFileSize 10X\n", strictErr: "Incorrect argument format for option MaxFileSize"},
		{name: "the message spells the name as the file does", in: "max-filesize 10X\n", strictErr: "Incorrect argument format for option max-filesize"},
		{name: "negative numbers are refused", in: "MaxThreads -1\n", strictErr: "Incorrect argument format for option MaxThreads"},
		{name: "an enumeration refuses other words", in: "BytecodeMode foo\n", strictErr: "Incorrect argument format for option BytecodeMode"},
		{name: "a quote must be closed", in: "ExcludePath \"alpha\n", strictErr: "Missing closing parenthesis in option ExcludePath at f:1"},
		{name: "quotes must hold something", in: "ExcludePath \"\"\n", strictErr: "Empty argument for option ExcludePath at f:1"},
		{name: "one letter is ignored", in: "X\n  X\n"},
		{name: "blank lines and comments are ignored", in: "\n   \n\t\t\n   # x\n#" + long + "\n"},
		{name: "deprecated options are ignored aloud", in: "MailMaxRecursion 8\n", warns: []string{"Ignoring deprecated option MailMaxRecursion at f:1"}},
		{name: "a size that does not fit means no limit", in: "MaxFileSize 99999999999999999999G\n", warns: []string{"Numerical value for option MaxFileSize too high, resetting to 9223372036854775807"}},
		{name: "a boolean alone means yes", in: "LogClean\n", strictErr: "Missing argument for option at f:1", err: "-", warns: []string{`Option LogClean without a value at f:1, taken as "yes"`}},
		{name: "a comment may follow a boolean", in: "LogClean yes # x\n", strictErr: "Incorrect argument format for option LogClean", err: "-"},
		{name: "a removed option is ignored", in: "StreamSaveToDisk\n", strictErr: "Missing argument for option at f:1", err: "-", warns: []string{"Ignoring removed option StreamSaveToDisk at f:1"}},
		{name: "a removed option that has a successor counts for it", in: "DataDirectory /x\n", strictErr: "Parse error at f:1: Unknown option DataDirectory", err: "-", warns: []string{"Option DataDirectory at f:1 is of an old version, taken as DatabaseDirectory /x"}},
		{name: "a small limit of 2004 does not lower detection", in: "ArchiveMaxFileSize 10M\n", strictErr: "Parse error at f:1: Unknown option ArchiveMaxFileSize", err: "-", warns: []string{"Ignoring removed option ArchiveMaxFileSize at f:1: its limit is below today's default of MaxFileSize"}},
		{name: "an endless option line is refused", in: "LogFile " + long + "\n", strictErr: "Line too long at f:1"},
	}
	for _, tt := range tests {
		for _, strict := range []bool{true, false} {
			want := tt.strictErr
			if !strict && tt.err != "" {
				want = strings.Trim(tt.err, "-")
			}
			_, warns, err := FileParser{Clamd, strict}.Parse(strings.NewReader(tt.in), "f")
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%s (strict %v): error %q, want %q", tt.name, strict, got, want)
			}
			if strict && tt.err != "" {
				continue
			}
			if diff := cmp.Diff(tt.warns, texts(warns)); diff != "" {
				t.Errorf("%s (strict %v): warnings (-want +got)\n%s", tt.name, strict, diff)
			}
		}
	}
}

func parse(t *testing.T, in string) *Values {
	t.Helper()
	v, _, err := FileParser{Program: Clamd}.Parse(strings.NewReader(in), "f")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestValuesOfAFile(t *testing.T) {
	t.Parallel()
	v := parse(t, "MaxFileSize 10\nMaxFileSize 10M\nStreamMaxLength 1k\nMaxScanSize 0\n\tLogClean\t\tTRUE  \r\n"+
		"ExcludePath \"sp ace\" xx\nExcludePath a # b\nMaxThreads \"5\"\nCacheSize 99999999999\nmax-files 7")
	if got := v.Size("MaxFileSize"); got != 10 {
		t.Errorf("of two values the first counts: got %d", got)
	}
	if got := v.Size("StreamMaxLength"); got != 1024 {
		t.Errorf("1k is %d", got)
	}
	if got := v.Size("MaxScanSize"); got != NoLimit {
		t.Errorf("size 0 is %d, want NoLimit", got)
	}
	if !v.Bool("LogClean") {
		t.Error("TRUE before CR LF is not yes")
	}
	if diff := cmp.Diff([]string{"sp ace", "a # b"}, v.Strings("ExcludePath")); diff != "" {
		t.Error(diff)
	}
	if got := v.Int("MaxThreads"); got != 5 {
		t.Errorf("quoted number is %d", got)
	}
	if got := v.Int("CacheSize"); got != maxNumber {
		t.Errorf("a huge number is %d", got)
	}
	if got := v.Int("MaxFiles"); got != 7 {
		t.Errorf("the command-line name in the file gives %d", got)
	}
	if v.IsSet("MaxQueue") || v.Int("MaxQueue") != 100 || !v.Enabled("MaxQueue") || v.Enabled("MaxScanTime") {
		t.Error("defaults of options not given are wrong")
	}
}

func TestRenamedOptionsCountForTheNewName(t *testing.T) {
	t.Parallel()
	v := parse(t, "ArchiveBlockEncrypted yes\nAlgorithmicDetection no\n")
	if !v.Bool("AlertEncrypted") || v.Bool("HeuristicAlerts") || !v.IsSet("AlertEncrypted") {
		t.Error("old spelling has no effect")
	}
	if got := len(v.RenamedWarnings()); got != 2 {
		t.Errorf("%d warnings, want 2", got)
	}
	if got := parse(t, "").RenamedWarnings(); got != nil {
		t.Errorf("warnings without cause: %q", got)
	}
}

func TestDisableDefaultScanOptionsTurnsUnmentionedScansOff(t *testing.T) {
	t.Parallel()
	v := parse(t, "ScanMail\nDisableDefaultScanOptions\n")
	if !v.Bool("ScanMail") || v.Bool("ScanArchive") || !v.Bool("HeuristicAlerts") {
		t.Error("wrong set of scan options")
	}
}

func TestMergeLetsTheCommandLineWin(t *testing.T) {
	t.Parallel()
	a, _, err := ParseArgs(Clamd, "clamd", []string{"--max-filesize=5", "--exclude-pua=A", "-l", "/log", "x"})
	if err != nil {
		t.Fatal(err)
	}
	m := Merge(a, parse(t, "MaxFileSize 9\nMaxThreads 3\nExcludePUA B\nLogFile /other\n"))
	if m.Size("MaxFileSize") != 5 || m.Int("MaxThreads") != 3 || m.String("LogFile") != "/log" {
		t.Error("wrong winner")
	}
	if diff := cmp.Diff([]string{"A", "B"}, m.Strings("ExcludePUA")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"x"}, m.Args()); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultsDependOnTheProgram(t *testing.T) {
	t.Parallel()
	v, _, err := ParseArgs(Freshclam, "freshclam", []string{"--log=/x"})
	if err != nil {
		t.Fatal(err)
	}
	if got := v.String("config-file"); got != "/etc/clamav/freshclam.conf" {
		t.Errorf("config-file is %q", got)
	}
	if got := v.String("UpdateLogFile"); got != "/x" {
		t.Errorf("--log gives UpdateLogFile %q", got)
	}
}

func TestParseArgs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		prog  Program
		argv  []string
		err   string
		warns []string
		check func(*Values) bool
	}{
		{name: "an unknown long option is quoted whole", argv: []string{"--nosuch=5"}, err: "P: unrecognized option `--nosuch=5'\nERROR: Unknown option passed"},
		{name: "an unknown letter stops", argv: []string{"-rYz"}, err: "P: illegal option -- Y\nERROR: Unknown option passed"},
		{name: "an ambiguous abbreviation stops", argv: []string{"--max=3"}, err: "P: option `--max=3' is ambiguous\nERROR: Unknown option passed"},
		{name: "a missing argument names the whole option", argv: []string{"--max-filesi"}, err: "P: option `--max-filesize' requires an argument\nERROR: Incomplete option passed (missing argument)"},
		{name: "a short option misses its argument", argv: []string{"-l"}, err: "P: option requires an argument -- l\nERROR: Incomplete option passed (missing argument)"},
		{name: "a bad size is refused", argv: []string{"--max-filesize=0x10"}, err: "ERROR: Incorrect argument format for option --max-filesize"},
		{name: "a bad boolean names the short form, too", argv: []string{"--recursive=maybe"}, err: "ERROR: Incorrect argument format for option --recursive (-r)"},
		{name: "an empty string is refused", argv: []string{"--log="}, err: "ERROR: Option --log (-l) requires a non-empty string argument"},
		{name: "a required argument may begin with a dash", argv: []string{"--exclude", "-V"}, check: func(v *Values) bool { return v.String("exclude") == "-V" && !v.Bool("version") }},
		{name: "booleans take joined values only", argv: []string{"--recursive=no", "--allmatch=1", "-i", "yes"}, check: func(v *Values) bool {
			return !v.Bool("recursive") && v.Bool("allmatch") && v.Bool("infected") && len(v.Args()) == 1
		}},
		{name: "letters are joined and the last may have an argument", argv: []string{"-rdfoo", "-zi", "-d", "bar"}, check: func(v *Values) bool {
			return v.Bool("recursive") && v.Bool("infected") && strings.Join(v.Strings("database"), ",") == "foo,bar"
		}},
		{name: "options may follow words and -- ends them", argv: []string{"a", "-r", "-", "--", "-z"}, check: func(v *Values) bool {
			return v.Bool("recursive") && !v.Bool("allmatch") && strings.Join(v.Args(), ",") == "a,-,-z"
		}},
		{name: "our own options do not disturb abbreviations", argv: []string{"--cache=5"}, check: func(v *Values) bool { return v.Int("CacheSize") == 5 }},
		{name: "deprecated options warn", argv: []string{"--unrar=x", "--max-ratio", "10", "f"}, warns: []string{"Ignoring deprecated option --unrar", "Ignoring deprecated option --max-ratio"}, check: func(v *Values) bool { return len(v.Args()) == 1 }},
		{name: "options of 0.6x are taken", argv: []string{"--mbox", "-m", "--threads=5", "f"}, warns: []string{"Ignoring removed option --mbox (-m)", "Ignoring removed option --mbox (-m)", "Ignoring removed option --threads"}},
		{name: "clamdscan takes clamscan's options", prog: Clamdscan, argv: []string{"-r", "--bell", "--disable-summary", "--unzip", "-m"}, warns: []string{
			"Ignoring unsupported option --recursive (-r)", "Ignoring unsupported option --bell", "Ignoring deprecated option --disable-summary", "Ignoring unsupported option --unzip",
		}, check: func(v *Values) bool { return v.Bool("multiscan") }},
		{name: "an optional argument stays optional", prog: Freshclam, argv: []string{"--daemon-notify", "-c", "6", "-d"}, check: func(v *Values) bool {
			return v.IsSet("NotifyClamd") && v.String("NotifyClamd") == "/etc/clamav/clamd.conf" && v.Int("Checks") == 6 && v.Bool("daemon")
		}},
		{name: "a size that does not fit", argv: []string{"--max-scansize=99999999999999999999G"}, warns: []string{"Numerical value for option max-scansize too high, resetting to 9223372036854775807"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.prog == 0 {
				tt.prog = Clamscan
			}
			v, warns, err := ParseArgs(tt.prog, "P", tt.argv)
			got := ""
			if err != nil {
				var ue *UsageError
				if !errors.As(err, &ue) {
					t.Errorf("error is a %T", err)
				}
				got = err.Error()
			}
			if got != tt.err {
				t.Errorf("error %q, want %q", got, tt.err)
			}
			if diff := cmp.Diff(tt.warns, texts(warns)); diff != "" {
				t.Errorf("warnings (-want +got)\n%s", diff)
			}
			if tt.check != nil && !tt.check(v) {
				t.Errorf("wrong values: %+v", v)
			}
		})
	}
}

func TestCanonicalSpellsEverythingInFull(t *testing.T) {
	t.Parallel()
	v, _, err := ParseArgs(Clamscan, "P", []string{"-rd", "x", "--max-filesi=1k", "f", "--database=y", "-"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"--max-filesize=1k", "--database=x", "--database=y", "--recursive=yes", "--", "f", "-"}
	if diff := cmp.Diff(want, v.Canonical()); diff != "" {
		t.Error(diff)
	}
}

func TestExplainKnowsEveryName(t *testing.T) {
	t.Parallel()
	for _, o := range table() {
		if text, ok := Explain(o.Key()); !ok || !strings.Contains(text, "Default:") {
			t.Errorf("%s: %q", o.Key(), text)
		}
	}
	for _, n := range []string{"ScanRAR", "MailMaxRecursion", "--mbox", "unrar", "SafeBrowsing"} {
		if _, ok := Explain(n); !ok {
			t.Errorf("%s is not explained", n)
		}
	}
	if text, ok := Explain("nosuch"); ok {
		t.Errorf("nosuch is explained: %q", text)
	}
}

func TestSamplesAreAccepted(t *testing.T) {
	t.Parallel()
	for _, file := range []Program{Clamd, Freshclam} {
		for _, o := range FileOptions(file) {
			v, warns, err := FileParser{file, true}.Parse(strings.NewReader(o.Name+" "+o.Sample()+"\n"), "f")
			if err != nil || len(warns) > 0 || v.Shown(o) == "" && o.Kind != Bool && o.Sample() != "0" {
				t.Errorf("%s %s: %v %v", o.Name, o.Sample(), warns, err)
			}
		}
	}
}

func TestTableIsConsistent(t *testing.T) {
	t.Parallel()
	for _, p := range []Program{Clamd, Clamscan, Clamdscan, Freshclam, Sigtool, Clamconf} {
		seen := map[string]bool{}
		for _, o := range CommandOptions(p) {
			for _, n := range []string{o.Long, string(o.Short)} {
				if n != "\x00" && seen[n] {
					t.Errorf("program %d has two options %q", p, n)
				}
				seen[n] = true
			}
		}
	}
	for _, o := range table() {
		if o.Default == "" {
			continue
		}
		if _, _, ok := parseValue(o, o.Default); !ok {
			t.Errorf("%s: default %q does not fit", o.Key(), o.Default)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	for _, s := range []string{"", "LogTime yes\n", "LogFile \"a b\" c\n", "ThreadTimeout 5\nExample", "MaxFileSize 1K # x\r\n", "X\n\"\"\"\n"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, in string, strict bool) {
		for _, p := range []Program{Clamd, Freshclam} {
			v, _, err := FileParser{p, strict}.Parse(strings.NewReader(in), "f")
			if v == nil {
				t.Fatal("no values")
			}
			if _, _, again := (FileParser{p, false}).Parse(strings.NewReader(in), "f"); strict && err == nil && again != nil {
				t.Fatalf("tolerant parser refuses what the strict one takes: %v", again)
			}
		}
	})
}

func FuzzParseArgs(f *testing.F) {
	f.Add("-rdfoo\x00--max-filesize=5\x00--\x00x", uint16(Clamscan))
	f.Add("--=\x00-\x00--log", uint16(Clamd))
	f.Fuzz(func(t *testing.T, in string, prog uint16) {
		argv := strings.Split(in, "\x00")
		v, _, err := ParseArgs(Program(prog), "P", argv)
		if v == nil || len(v.Args()) > len(argv) {
			t.Fatal("bad values")
		}
		var ue *UsageError
		if err != nil && (!errors.As(err, &ue) || len(ue.Lines) == 0) {
			t.Fatalf("odd error %v", err)
		}
	})
}
