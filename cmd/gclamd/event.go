package main

import (
	"os"
	"os/exec"
	"strings"
)

// noFileName replaces %f in VirusEvent; the text is the reference's.
const noFileName = "The filename format character has been disabled due to security concerns, use the 'CLAM_VIRUSEVENT_FILENAME' environment variable instead."

// virusEvent returns the function that runs VirusEvent; nil if there is none.
func (d *daemon) virusEvent() func(name, virus string) {
	command := d.v.String("VirusEvent")
	if command == "" {
		return nil
	}
	return func(name, virus string) {
		cmd := exec.Command("/bin/sh", "-c", eventCommand(command, virus))
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"),
			"CLAM_VIRUSEVENT_FILENAME=" + name,
			"CLAM_VIRUSEVENT_VIRUSNAME=" + virus,
		}
		if err := cmd.Start(); err != nil {
			d.errorf("VirusEvent: fork failed.")
			return
		}
		_ = cmd.Wait() // its exit code is nobody's business
	}
}

// eventCommand replaces %v and %f. A virus name comes from a database that may be
// anybody's, so what a shell could act on is taken out of it.
func eventCommand(command, virus string) string {
	return strings.NewReplacer("%v", shellSafe(virus), "%f", noFileName).Replace(command)
}

// shellSafe keeps the characters of virus names that mean nothing to a shell.
func shellSafe(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._-+:/@,=", r):
			return r
		}
		return '_'
	}, s)
}
