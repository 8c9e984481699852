// Package logfmt writes ClamAV's log lines: to a file, to the terminal streams and
// to syslog.
//
// A record goes in as level and text, and comes out as one line
//
//	Mon Nov 23 23:47:29 2026 -> ERROR: text
//
// with the date only when asked for. The file is created with mode 0640, appended
// to, never followed through a symbolic link, locked against a second writer,
// rotated by size and reopened on demand (SIGHUP).
//
// A record is always exactly one line, written by one write(2): control characters
// in its text, for example from a file's name, are escaped here, so nothing that is
// scanned can forge a line. log/slog has neither this shape nor rotation; Handler
// lets slog users write through a Logger.
package logfmt
