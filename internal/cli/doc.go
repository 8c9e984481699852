// Package cli is the frame of every command: it parses the command line in ClamAV's
// spellings, prints ClamAV's messages, and lets no exit code out that ClamAV's
// documents do not know.
//
// In go a [Command] and os.Args, out comes an exit code:
//
//	func main() { cli.Main(cli.Command{Program: config.Clamscan, Name: "clamscan", Run: run}) }
//
// Abbreviations, joined letters, old names and their warnings are settled by
// package config; cobra then sees the command line spelled in full. It holds the
// tree of commands and flags, from which help and manual pages are made.
//
// A panic in Run ends as one "ERROR: " line and exit code 2: to mail filters 2 means
// "try again later", every other code means clean or infected.
package cli
