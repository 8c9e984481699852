//go:build ignore

// Command gen writes the manual pages of this folder from the option tables and
// from the texts below. Run it in this folder: go run gen.go
package main

import (
	"fmt"
	"os"
	"strings"

	"gclam/internal/config"
)

// page is one manual page.
type page struct {
	name, section, short, synopsis, text string
	command                              config.Program // options of a command line
	file                                 config.Program // options of a configuration file
	exit, files, see                     string
}

var pages = []page{
	{
		name: "gclamscan", section: "1", short: "scan files and directories for viruses",
		synopsis: "gclamscan [options] [file/directory/-]...", command: config.Clamscan,
		text: "gclamscan scans files and directories with the databases of ClamAV. Command line, output and exit codes are those of clamscan 1.4. Without a name the current directory is scanned; - is standard input.\n\n" +
			"Databases are compiled into one image, which is kept (--cache-dir) and mapped by later runs. Without any database, and without -d, gclamscan works with a built-in one that knows the EICAR test file only, and says so.",
		exit:  "0 nothing found; 1 something infected (also when there were errors); 2 errors; 54 the file given with --file-list cannot be read.",
		files: "/var/lib/clamav: the databases. /var/cache/gclam (root) or the user's cache directory: compiled databases.",
		see:   "gclamdscan(1), gclamd(8), gfreshclam(1), gsigtool(1)",
	},
	{
		name: "gclamdscan", section: "1", short: "scan files with a running gclamd or clamd",
		synopsis: "gclamdscan [options] [file/directory/-]...", command: config.Clamdscan,
		text: "gclamdscan asks a daemon to scan files. It is a drop-in for clamdscan 1.4 and works with gclamd and clamd. On a local socket, a file that the daemon may not open is passed to it as a descriptor.",
		exit: "0 nothing found; 1 something infected; 2 errors; 21 no answer to --ping or --wait.",
		see:  "gclamscan(1), gclamd(8), clamd.conf(5)",
	},
	{
		name: "gclamd", section: "8", short: "virus scanning daemon",
		synopsis: "gclamd [options]", command: config.Clamd,
		text: "gclamd keeps the databases loaded and serves the clamd protocol on a unix socket, on TCP, or both. Configuration file, protocol and log lines are those of clamd 1.4; the names of the configuration files of 2004 are understood too. A reload does not interrupt service: the new database is loaded beside the old one, and a bad one changes nothing.\n\n" +
			"SIGHUP re-opens the log file, SIGUSR2 reloads the databases, SIGTERM and SIGINT end the daemon in order.\n\n" +
			"gclamd does not start without a database unless --embedded-db allows the built-in one.",
		exit: "0 orderly end; 1 the daemon could not start; 2 the PID file could not be written.",
		see:  "clamd.conf(5), gclamdscan(1), gfreshclam(1)",
	},
	{
		name: "gfreshclam", section: "1", short: "update virus databases",
		synopsis: "gfreshclam [options]", command: config.Freshclam,
		text: "gfreshclam fetches the databases from a mirror, verifies their signatures, loads them once for a test and only then replaces the old ones. It is a drop-in for freshclam 1.4: configuration, log lines and requests are the same. With -d it stays and checks -c times a day.",
		exit: "0 updated, up to date or in a cool-down; otherwise the number of the error as freshclam has it.",
		see:  "freshclam.conf(5), gclamd(8)",
	},
	{
		name: "gsigtool", section: "1", short: "look at, test and build signatures and databases",
		synopsis: "gsigtool [options]", command: config.Sigtool,
		text: "gsigtool is sigtool for gclam: it shows, verifies, unpacks and builds databases, finds and explains signatures, and tests them against files.\n\ngsigtool compile DIR|FILE... -o IMAGE compiles databases into one image; gsigtool inspect IMAGE shows its sections, tables and signatures (--json for scripts).",
		exit: "0 success; 1 failure.",
		see:  "gclamscan(1), gfreshclam(1)",
	},
	{
		name: "gclamconf", section: "1", short: "show and check the configuration",
		synopsis: "gclamconf [options]", command: config.Clamconf,
		text: "gclamconf prints the configuration files with their effective values, checks them, writes commented examples and explains single options.",
		exit: "0 success; 1 an option or a file is wrong.",
		see:  "clamd.conf(5), freshclam.conf(5)",
	},
	{
		name: "clamd.conf", section: "5", short: "configuration of gclamd and clamd", file: config.Clamd,
		text: "One option a line: a name, blanks, a value. Lines that begin with # are comments. A value in double quotes may hold blanks. Sizes take the suffixes K, M and G; 0 means no limit. Booleans are yes and no; a name alone, as in files of 2004, means yes.",
		see:  "gclamd(8), gclamconf(1)",
	},
	{
		name: "freshclam.conf", section: "5", short: "configuration of gfreshclam and freshclam", file: config.Freshclam,
		text: "The syntax is that of clamd.conf(5).",
		see:  "gfreshclam(1), gclamconf(1)",
	},
}

func main() {
	for _, p := range pages {
		if err := os.WriteFile(p.name+"."+p.section, []byte(p.render()), 0o644); err != nil {
			panic(err)
		}
	}
}

func (p page) render() string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s %s 2026-11-25 gclam \"gclam manual\"\n.SH NAME\n%s \\- %s\n", strings.ToUpper(p.name), p.section, roff(p.name), roff(p.short))
	if p.synopsis != "" {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n%s\n", roff(p.synopsis))
	}
	b.WriteString(".SH DESCRIPTION\n")
	for i, para := range strings.Split(p.text, "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		b.WriteString(roff(para) + "\n")
	}
	if p.command != 0 {
		b.WriteString(".SH OPTIONS\n")
		for _, o := range config.CommandOptions(p.command) {
			if d := o.Describe(); d != "" {
				option(&b, commandName(o), d, o)
			}
		}
	}
	if p.file != 0 {
		b.WriteString(".SH OPTIONS\n")
		for _, o := range config.FileOptions(p.file) {
			if d := o.Describe(); d != "" {
				option(&b, o.Name+" "+argument(o), d, o)
			}
		}
	}
	for _, s := range []struct{ head, text string }{{"EXIT STATUS", p.exit}, {"FILES", p.files}, {"SEE ALSO", p.see}} {
		if s.text != "" {
			fmt.Fprintf(&b, ".SH \"%s\"\n%s\n", s.head, roff(s.text))
		}
	}
	return b.String()
}

func commandName(o *config.Option) string {
	s := "--" + o.Long
	if o.Short != 0 {
		s = "-" + string(rune(o.Short)) + ", " + s
	}
	switch o.Kind {
	case config.Bool:
		return s + "[=yes|no]"
	case config.String:
		if o.OptArg {
			return s + "[=" + o.ArgName() + "]"
		}
	}
	return s + "=" + argument(o)
}

// argument names the value of an option.
func argument(o *config.Option) string {
	switch o.Kind {
	case config.Bool:
		return "yes|no"
	case config.Number:
		return "N"
	case config.Size:
		return "SIZE"
	}
	return o.ArgName()
}

func option(b *strings.Builder, name, text string, o *config.Option) {
	if o.Default != "" {
		text += " (default " + o.Default + ")"
	}
	fmt.Fprintf(b, ".TP\n.B %s\n%s.\n", roff(strings.TrimSpace(name)), roff(strings.TrimSuffix(text, ".")))
}

// roff escapes text for the formatter.
func roff(s string) string {
	s = strings.ReplaceAll(s, `\`, `\e`)
	s = strings.ReplaceAll(s, "-", `\-`)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
