package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"gclam/internal/cli"
	"gclam/internal/config"
)

// checker prints the report.
type checker struct {
	in          *cli.Invocation
	dir         string // of configuration files
	onlyChanged bool   // --non-default
}

func (c *checker) printf(format string, a ...any) { fmt.Fprintf(c.in.Out, format, a...) }

// heading prints a title underlined by dashes.
func (c *checker) heading(title string) {
	c.printf("%s\n%s\n", title, strings.Repeat("-", len(title)))
}

// check prints the whole report.
func (c *checker) check() {
	c.printf("Checking configuration files in %s\n\n", c.dir)
	clamd := c.file("clamd.conf", config.Clamd)
	freshclam := c.file("freshclam.conf", config.Freshclam)
	c.milter()
	c.heading("Software settings")
	c.printf("Version: %s\nOptional features supported: PCRE ICONV\n\n", cli.Compatibility)
	c.databases(clamd, freshclam)
	c.platform()
	c.build()
}

// file prints one configuration file and returns its values; nil if there is none.
func (c *checker) file(name string, prog config.Program) *config.Values {
	path := strings.TrimSuffix(c.dir, "/") + "/" + name
	v, warns, err := config.ParseFile(path, prog)
	var pe *config.ParseError
	if errors.Is(err, fs.ErrNotExist) || err != nil && !errors.As(err, &pe) {
		c.printf("%s not found\n\n", name)
		return nil
	}
	c.heading("Config file: " + name)
	for _, w := range warns {
		c.in.Warnf("%s", w.Text)
	}
	if err != nil {
		c.in.Errorf("%v", err)
		c.printf("\n")
		return nil
	}
	if _, _, serr := (config.FileParser{Program: prog, Strict: true}).ParseFile(path); serr != nil {
		c.in.Errorf("%v (ClamAV %s would refuse this file)", serr, cli.Compatibility)
	}
	for _, text := range v.RenamedWarnings() {
		c.in.Warnf("%s", text)
	}
	for _, o := range config.FileOptions(prog) {
		c.option(v, o)
	}
	c.printf("\n")
	return v
}

// option prints one setting.
func (c *checker) option(v *config.Values, o *config.Option) {
	shown := v.Shown(o)
	if c.onlyChanged && shown == (*config.Values)(nil).Shown(o) {
		return
	}
	if shown == "" {
		c.printf("%s disabled\n", o.Name)
		return
	}
	if o.Name == "HTTPProxyPassword" {
		shown = "********" // the report is made to be passed on
	}
	c.printf("%s = \"%s\"\n", o.Name, shown)
}

// milter says that the milter's file, if there is one, has no reader here.
func (c *checker) milter() {
	name := "clamav-milter.conf"
	if _, err := os.Stat(strings.TrimSuffix(c.dir, "/") + "/" + name); err == nil {
		c.printf("%s not read: there is no milter in this suite\n\n", name)
		return
	}
	c.printf("%s not found\n\n", name)
}
