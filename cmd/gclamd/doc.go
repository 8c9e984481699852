// Command gclamd is the scanning daemon: clamd's configuration, protocol, log,
// signals and exit codes.
//
// It reads clamd.conf, loads the databases once, and answers clients on a Unix
// socket and TCP ports. In the foreground it never forks: a supervisor watches the
// process that it started, and the process list shows one. Without databases it
// refuses to start, unless --embedded-db asks for the built-in EICAR signature.
//
// Exit codes: 0 after an orderly end, 1 when the start failed, 2 when the pid file
// could not be written or the memory limits are too small.
package main
