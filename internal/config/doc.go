// Package config knows every option of the suite: clamd.conf, freshclam.conf and
// the command lines, current, renamed, deprecated and long gone.
//
// One table (options.go and the tables beside it) serves all programs. In go a
// file or an argument vector, out come [Values] with typed getters, and warnings:
//
//	file, warns, err := config.ParseFile("/etc/clamav/clamd.conf", config.Clamd)
//	args, warns, err := config.ParseArgs(config.Clamd, os.Args[0], os.Args[1:])
//	v := config.Merge(args, file) // the command line wins
//	n := v.Int("MaxThreads")
//
// Messages are ClamAV 1.4's, word for word, without the "ERROR: " or "WARNING: "
// that the caller's output layer puts before them.
//
// Where ClamAV stops at a file that an older version accepted (booleans without a
// value, options removed since 0.6x) ParseFile accepts it with a warning: a mail
// host must not stop because of an upgrade. FileParser.Strict brings the errors back.
//
// Limits: configuration files up to MaxFileBytes, lines up to MaxLineBytes.
// Nothing here knows the engine, so that small clients do not link it; the mapping
// to engine options is package scanopt. The grammar is ours rather than a flag or
// INI library's because no library has ClamAV's quoting, abbreviations and texts.
package config
