package sig

import (
	"errors"
	"strings"
	"testing"
)

// fuzzSeeds holds good and nearly good text for every extension.
var fuzzSeeds = map[string][]string{
	"hdb":  {md5Text + ":34:A:73:255\n", "x:*:\n"},
	"mdb":  {"512:" + sha1Text + ":A\n"},
	"db":   {"A=6162*6364\n", "A==\n"},
	"ndb":  {"A:1:EP+0,5:6162{1-3}6364(61|62):1:255\n", "A:0:$3$:6162\n", "A:0:*:61[2-4]6162!(61|62)6364\n"},
	"ldb":  {"A;Engine:51-255,Target:0,FileSize:1-2;(0&1)>2,1|2;6162::iw;${1-2}3$;0/a;b/i\n", "A;Target:0;0;0(>>4#ib1#=1)\n", "A;Target:0;0;fuzzy_img#af2ad01ed42993c7#0\n"},
	"cdb":  {"A:CL_TYPE_ZIP:1-2:^a(b|[c-d])*$:*:*:1:*:*:*\n"},
	"zmd":  {"A:0:a{1,2}:1:2:7ecb6ba6:8:1:0\n"},
	"idb":  {"A:B:C:20" + strings.Repeat("0", 122) + "\n"},
	"ftm":  {"1:0,5:6162*6364:x:CL_TYPE_ANY:CL_TYPE_ZIP\n", "0:5:6162:x:CL_TYPE_ANY:CL_TYPE_ZIP:1:2\n"},
	"cfg":  {"PE:0x1f:1:255\n"},
	"pwdb": {"A;Engine:81-255;1;6162\n", "A;;0;x\n"},
	"ign2": {"A:" + md5Text + "\n", "a:b:C\n"},
	"pdb":  {"R:.+\\.a([/?].*)?:b(c|d)+:1-2\n", "S1:F:00\n", "H:a\n"},
	"wdb":  {"Y:(a|b)*\n", "X:[a-b]:c\n", "M:a:b\n"},
	"crb":  {"A;1;" + sha1Text + ";" + sha1Text + ";c5c5;;1;1;1;0;;1;2\n"},
	"cbc":  {"ClamBCagh```aneoe|aecg`gefcf```c``a```|aehfafnfdf``aiaap`clamcoincidencejb:4096\nB;Target:0;0;616263\nTedaacb`\nEaea\nGd```h\n"},
	"yar":  {"import \"x\" private rule a : t { meta: m = 1 strings: $a = \"x\\x41y\" wide $b = { 61 [2-4] 62 63 } $c = /a\\/b/i condition: for any i in (1..#a) : (@a[i] < 3) and 2 of ($*) }"},
	"ioc":  {`<ioc><Indicator><IndicatorItem><Content type="md5">` + md5Text + `</Content></IndicatorItem></Indicator></ioc>`},
}

// checkLoad loads text and asserts what holds for any input.
func checkLoad(t *testing.T, ext, text string) {
	t.Helper()
	o := Options{PUA: PUA{Enabled: true}, Bytecode: BytecodeUnsigned}
	n, err := NewLoader(o, discard{}).Load("t."+ext, strings.NewReader(text), Source{})
	var le *LineError
	if err != nil && !errors.As(err, &le) {
		t.Fatalf("%s: error of another kind: %v", ext, err)
	}
	if err != nil && (n != 0 || len(le.Chain) == 0 || le.Text == "") {
		t.Fatalf("%s: %d signatures and %+v", ext, n, le)
	}
	if n > len(text) {
		t.Fatalf("%s: %d signatures in %d bytes", ext, n, len(text))
	}
}

func fuzzFormat(f *testing.F, exts ...string) {
	for _, ext := range exts {
		for _, s := range fuzzSeeds[ext] {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, ext := range exts {
			checkLoad(t, ext, text)
		}
	})
}

func FuzzHash(f *testing.F)      { fuzzFormat(f, "hdb", "mdb") }
func FuzzBody(f *testing.F)      { fuzzFormat(f, "ndb", "db") }
func FuzzLogical(f *testing.F)   { fuzzFormat(f, "ldb") }
func FuzzContainer(f *testing.F) { fuzzFormat(f, "cdb", "zmd") }
func FuzzIcon(f *testing.F)      { fuzzFormat(f, "idb") }
func FuzzMagic(f *testing.F)     { fuzzFormat(f, "ftm", "cfg") }
func FuzzPassword(f *testing.F)  { fuzzFormat(f, "pwdb") }
func FuzzIgnore(f *testing.F)    { fuzzFormat(f, "ign2") }
func FuzzPhish(f *testing.F)     { fuzzFormat(f, "pdb", "wdb") }
func FuzzCert(f *testing.F)      { fuzzFormat(f, "crb") }
func FuzzBytecode(f *testing.F)  { fuzzFormat(f, "cbc") }
func FuzzYARA(f *testing.F)      { fuzzFormat(f, "yar") }
func FuzzIOC(f *testing.F)       { fuzzFormat(f, "ioc") }

func TestTruncatedAndFlippedDatabasesNeverPanic(t *testing.T) {
	t.Parallel()
	for ext, seeds := range fuzzSeeds {
		for _, s := range seeds {
			for i := range 16 {
				checkLoad(t, ext, s[:len(s)*i/16])
			}
			for i := range len(s) {
				b := []byte(s)
				b[i] ^= 1 << (i % 8)
				checkLoad(t, ext, string(b))
			}
		}
	}
}

func TestHostileDatabasesEndQuickly(t *testing.T) {
	t.Parallel()
	const many = 1 << 20
	tests := []struct{ name, ext, text string }{
		{"a line of a megabyte", "hdb", strings.Repeat("a", many)},
		{"a million blank lines", "pdb", strings.Repeat("\n", many)},
		{"a comment of a megabyte", "ndb", "#" + strings.Repeat("x", many) + "\n"},
		{"thousands of alternatives", "ndb", "A:0:*:6161(" + strings.Repeat("61|", 2600) + "62)6363\n"},
		{"nested alternatives", "ldb", "A;Target:0;0;6161" + strings.Repeat("(61|", 8000) + strings.Repeat(")", 8000) + "\n"},
		{"nested logic", "ldb", "A;Target:0;" + strings.Repeat("(", 16000) + "0" + strings.Repeat(")", 16000) + ";6161\n"},
		{"a long chain of logic", "ldb", "A;Target:0;" + strings.Repeat("0&", 16000) + "0;6161\n"},
		{"wildcards multiplied", "ldb", "A;Target:0;0;6161" + strings.Repeat("{127}", 600) + "6161\n"},
		{"nested groups in a file name", "cdb", "A:*:*:" + strings.Repeat("(", 4000) + "a" + strings.Repeat(")", 4000) + ":*:*:*:*:*:*\n"},
		{"nested groups in a URL", "wdb", "Y:" + strings.Repeat("(", 4000) + "a" + strings.Repeat(")", 4000) + "\n"},
		{"many branches in a URL", "wdb", "Y:" + strings.Repeat("a|", 4000) + "a\n"},
		{"branches multiplied in a URL", "wdb", "Y:" + strings.Repeat("("+strings.Repeat("a|", 2000)+"a)", 2) + "\n"},
		{"many semicolons", "ldb", "A;Target:0;0" + strings.Repeat(";", 30000) + "\n"},
		{"many attributes", "ldb", "A;" + strings.Repeat("Target:0,", 3000) + ";0;6161\n"},
		{"nested expressions", "yar", `rule a { strings: $a = "ab" condition: ` + strings.Repeat("(", many) + "$a"},
		{"an endless hex string", "yar", "rule a { strings: $a = {" + strings.Repeat("61", many/2)},
		{"many open braces", "yar", strings.Repeat("{ 61 ", 4000)},
		{"nested elements", "ioc", strings.Repeat("<a>", many/4)},
		{"a bytecode string of a false length", "cbc", "ClamBCagh|p" + strings.Repeat("o", 16)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkLoad(t, tt.ext, tt.text)
		})
	}
}
