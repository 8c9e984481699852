package config

import (
	"fmt"
	"slices"
	"strings"
)

// programNames in the order of the bits of Program.
var programNames = [...]string{"clamd", "clamscan", "clamdscan", "freshclam", "sigtool", "clamconf"}

// names lists the programs of a set.
func (p Program) names() string {
	var out []string
	for i, n := range programNames {
		if p&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return strings.Join(out, ", ")
}

// String names the kind and what may be written.
func (k Kind) String() string {
	return [...]string{"yes or no", "number", "size (digits and K, M or G)", "text"}[k&3]
}

// Explain tells all about an option of any program in a few lines; ok is false for
// a name that no version knew. Dashes before the name are ignored.
func Explain(name string) (text string, ok bool) {
	name = strings.TrimLeft(name, "-")
	var b strings.Builder
	seen := map[*Option]bool{}
	for _, o := range table() {
		if !seen[o] && (o.Name == name || o.Long == name) {
			seen[o] = true
			explainOption(&b, o)
		}
	}
	if b.Len() == 0 {
		explainOld(&b, name)
	}
	return b.String(), b.Len() > 0
}

func explainOption(b *strings.Builder, o *Option) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	title := o.Name
	switch {
	case o.Name == "":
		title = o.dashed()
	case o.Long != "":
		title += ", " + o.dashed()
	}
	b.WriteString(title)
	fmt.Fprintf(b, "\n    %s.\n", o.Describe())
	fmt.Fprintf(b, "    Value: %s", o.Kind)
	if o.Enum != "" {
		b.WriteString(" (" + strings.ReplaceAll(o.Enum, "|", ", ") + ")")
	}
	if o.Multi {
		b.WriteString("; may be repeated")
	}
	fmt.Fprintf(b, "\n    Default: %s\n", orWord(o.Default, "disabled"))
	for _, f := range []struct {
		p    Program
		name string
	}{{Clamd, "clamd.conf"}, {Freshclam, "freshclam.conf"}} {
		if o.File&f.p != 0 {
			fmt.Fprintf(b, "    File: %s\n", f.name)
		}
	}
	if o.Cmd != 0 && o.Long != "" {
		fmt.Fprintf(b, "    Command lines: %s\n", o.Cmd.names())
	}
	for _, r := range renames() {
		switch o.Name {
		case r.old:
			fmt.Fprintf(b, "    Renamed: %s is the name today; both work.\n", r.new)
		case r.new:
			fmt.Fprintf(b, "    Old name: %s still works.\n", r.old)
		}
	}
	if o.New {
		b.WriteString("    ClamAV 1.4 does not know this option.\n")
	}
}

func explainOld(b *strings.Builder, name string) {
	for _, p := range []Program{Clamd, Freshclam} {
		if slices.Contains(deprecatedFile(p), name) {
			fmt.Fprintf(b, "%s\n    Deprecated: accepted in configuration files with a warning, and ignored.\n", name)
			return
		}
		for _, o := range removedFile(p) {
			if o.name != name {
				continue
			}
			fmt.Fprintf(b, "%s\n    Of an old version: ClamAV 1.4 refuses it; here it is accepted with a warning", name)
			switch {
			case o.to != "":
				fmt.Fprintf(b, " and counts as %s.\n", o.to)
			case o.effect != nil:
				b.WriteString(" and obeyed.\n")
			default:
				b.WriteString(" and ignored.\n")
			}
			return
		}
	}
	for _, p := range []Program{Clamscan, Clamdscan, Freshclam, Clamd} {
		for _, o := range append(deprecatedArgs(p), historicArgs(p)...) {
			if o.long == name {
				fmt.Fprintf(b, "--%s\n    Of an old version: accepted on %s's command line with a warning, and ignored.\n", name, p.names())
				return
			}
		}
	}
}

// Similar returns names of options that resemble one that does not exist.
func Similar(name string) []string {
	want := squash(name)
	var out []string
	for _, o := range table() {
		for _, n := range []string{o.Name, o.Long} {
			if s := squash(n); n != "" && want != "" && (s == want || len(want) >= 4 && strings.Contains(s, want)) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func squash(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "")) }

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}

// Sample is a value to show in an example file.
func (o *Option) Sample() string {
	if s := samples()[o.Name]; s != "" {
		return s
	}
	switch {
	case o.Kind == Bool && o.Default == "yes":
		return "no"
	case o.Kind == Bool:
		return "yes"
	case o.Default != "":
		return o.Default
	case o.Kind == Number:
		return "5"
	}
	return "TEXT"
}

func samples() map[string]string {
	return map[string]string{
		"LogFile": "/var/log/clamav/clamd.log", "UpdateLogFile": "/var/log/clamav/freshclam.log", "LogFileMaxSize": "5M",
		"PidFile": "/run/clamav/clamd.pid", "TemporaryDirectory": "/tmp", "CVDCertsDirectory": "/etc/clamav/certs",
		"CacheDirectory": "/var/cache/gclam", "LocalSocket": "/run/clamav/clamd.sock", "LocalSocketGroup": "clamav",
		"LocalSocketMode": "660", "TCPSocket": "3310", "TCPAddr": "127.0.0.1", "ExcludePath": "^/(proc|sys)/",
		"VirusEvent": `/usr/local/bin/alert "$CLAM_VIRUSEVENT_VIRUSNAME"`, "User": "clamav", "ExcludePUA": "NetTool", "IncludePUA": "Spy",
		"OnAccessMountPath": "/", "OnAccessIncludePath": "/home", "OnAccessExcludePath": "/home/user", "OnAccessExcludeUID": "0",
		"OnAccessExcludeUname": "clamav", "DatabaseMirror": "database.clamav.net", "PrivateMirror": "mirror.example.net",
		"ExtraDatabase": "test", "ExcludeDatabase": "bytecode", "DatabaseCustomURL": "https://mirror.example.net/local.ndb",
		"HTTPProxyServer": "proxy.example.net", "HTTPProxyPort": "3128", "HTTPProxyUsername": "user", "HTTPProxyPassword": "secret",
		"HTTPUserAgent": "agent", "OnUpdateExecute": "/usr/local/bin/updated", "OnErrorExecute": "/usr/local/bin/failed",
		"OnOutdatedExecute": "/usr/local/bin/outdated %v", "LocalIPAddress": "192.0.2.1", "FailIfCvdOlderThan": "7",
		"MaxScanTime": "120000", "PreludeAnalyzerName": "ClamAV", "Checks": "24",
	}
}
