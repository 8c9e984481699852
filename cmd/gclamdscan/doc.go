// Command gclamdscan scans files through a running daemon: clamdscan's options,
// messages and exit codes.
//
// It links neither the engine nor databases, so that it starts quickly and runs in
// little memory: mail filters run it once a message. Exit codes: 0 nothing found,
// 1 something found, 2 anything that kept an object from being scanned, 21 when
// --ping or --wait ran out of tries.
package main
