package clamd

import "bytes"

// MaxCommand is the size of a connection's command buffer in bytes: the longest
// path of Linux and room for the command's word (observed: clamd 1.4.6 refuses
// longer commands without a reply).
const MaxCommand = 4096 + 8

// framing is how a command was delimited, and so how its reply ends.
type framing byte

// The framings of the protocol.
const (
	framePlain framing = iota // old style: one packet is one command
	frameLine                 // n...\n
	frameNul                  // z...\0
)

// terminator returns the byte that ends a reply.
func (f framing) terminator() byte {
	if f == frameNul {
		return 0
	}
	return '\n'
}

// verb is a command of the protocol.
type verb uint8

// The commands, in the order in which the reference compares them.
const (
	cmdUnknown verb = iota
	cmdScan
	cmdQuit
	cmdReload
	cmdPing
	cmdContScan
	cmdVersionCommands
	cmdVersion
	cmdEnd
	cmdShutdown
	cmdMultiScan
	cmdFildes
	cmdStats
	cmdIDSession
	cmdInstream
	cmdDetStatsClear
	cmdDetStats
	cmdAllMatchScan
	// Commands of 0.6x to 0.9x, only with Server.Legacy.
	cmdRawScan
	cmdStream
	cmdSession
)

// commandSpec says what a command accepts.
type commandSpec struct {
	verb    verb
	word    string
	arg     bool // takes a path
	plain   bool // accepted in old style framing
	session bool // accepted inside IDSESSION
	legacy  bool // one of the commands that the reference has dropped
}

// commands is the table of the protocol; VERSIONCOMMANDS prints it in this order.
var commands = [...]commandSpec{
	{verb: cmdScan, word: "SCAN", arg: true, plain: true, session: true},
	{verb: cmdQuit, word: "QUIT", plain: true},
	{verb: cmdReload, word: "RELOAD", plain: true},
	{verb: cmdPing, word: "PING", plain: true, session: true},
	{verb: cmdContScan, word: "CONTSCAN", arg: true, plain: true},
	{verb: cmdVersionCommands, word: "VERSIONCOMMANDS", session: true},
	{verb: cmdVersion, word: "VERSION", plain: true, session: true},
	{verb: cmdEnd, word: "END", session: true},
	{verb: cmdShutdown, word: "SHUTDOWN", plain: true},
	{verb: cmdMultiScan, word: "MULTISCAN", arg: true, plain: true},
	{verb: cmdFildes, word: "FILDES", plain: true, session: true},
	{verb: cmdStats, word: "STATS", session: true},
	{verb: cmdIDSession, word: "IDSESSION"},
	{verb: cmdInstream, word: "INSTREAM", session: true},
	{verb: cmdDetStatsClear, word: "DETSTATSCLEAR", plain: true},
	{verb: cmdDetStats, word: "DETSTATS", plain: true},
	{verb: cmdAllMatchScan, word: "ALLMATCHSCAN", arg: true},
	{verb: cmdRawScan, word: "RAWSCAN", arg: true, plain: true, legacy: true},
	{verb: cmdStream, word: "STREAM", plain: true, legacy: true},
	{verb: cmdSession, word: "SESSION", plain: true, legacy: true},
}

// command is one received command.
type command struct {
	verb  verb
	word  string // its name in the table; the beginning of the text if unknown
	arg   string
	frame framing
}

// frameStatus is the outcome of looking for a command in received bytes.
type frameStatus uint8

// The outcomes of splitCommand.
const (
	frameIncomplete frameStatus = iota // more bytes are needed
	frameComplete                      // one command was taken
)

// splitCommand takes one command text off the front of buf and returns how many
// bytes it used. An old style command is the whole of buf, so it is only looked
// for when fresh is set: buf then begins with a packet as it was received.
func splitCommand(buf []byte, fresh bool) (text []byte, frame framing, used int, st frameStatus) {
	if len(buf) == 0 {
		return nil, framePlain, 0, frameIncomplete
	}
	switch buf[0] {
	case 'n':
		end := bytes.IndexByte(buf, '\n')
		if end < 0 {
			return nil, frameLine, 0, frameIncomplete
		}
		return trimText(buf[1:end]), frameLine, end + 1, frameComplete
	case 'z':
		end := bytes.IndexByte(buf, 0)
		if end < 0 {
			return nil, frameNul, 0, frameIncomplete
		}
		return buf[1:end], frameNul, end + 1, frameComplete
	}
	if !fresh {
		return nil, framePlain, 0, frameIncomplete
	}
	end, used := len(buf), len(buf)
	if i := bytes.IndexByte(buf, '\n'); i >= 0 {
		end, used = i, i+1
	}
	return trimText(buf[:end]), framePlain, used, frameComplete
}

// trimText removes trailing CR and ends the text at a NUL, as the reference's
// strings do.
func trimText(b []byte) []byte {
	b = bytes.TrimRight(b, "\r\n")
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return b
}

// parseCommand names the command in text. Words are compared as prefixes in table
// order: a command without argument must match in full, one with an argument
// loses the byte after its word, whatever it is.
func parseCommand(text []byte, frame framing, legacy bool) command {
	c := command{frame: frame, word: string(text[:min(len(text), 16)])}
	for i := range commands {
		s := &commands[i]
		if s.legacy && (!legacy || frame != framePlain) {
			continue
		}
		if frame == framePlain && !s.plain {
			continue
		}
		if !bytes.HasPrefix(text, []byte(s.word)) {
			continue
		}
		rest := text[len(s.word):]
		if s.arg != (len(rest) > 0) {
			continue
		}
		c.verb, c.word = s.verb, s.word
		if s.arg {
			c.arg = string(rest[1:])
		}
		return c
	}
	return c
}

// allowedInSession tells whether the command may come inside IDSESSION.
func (c command) allowedInSession() bool {
	for i := range commands {
		if commands[i].verb == c.verb {
			return commands[i].session
		}
	}
	return false
}

// commandList returns the words of VERSIONCOMMANDS, each after a space.
func commandList() string {
	var b []byte
	for i := range commands {
		if !commands[i].legacy {
			b = append(append(b, ' '), commands[i].word...)
		}
	}
	return string(b)
}
