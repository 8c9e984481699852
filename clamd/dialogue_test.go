package clamd

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// dialogue is one packet to the server and everything it answers until it closes.
type dialogue struct {
	name, send, want string
}

// commandDialogues hold for the default configuration; "@" is the tree's root.
var commandDialogues = []dialogue{
	{"plain command", "PING\n", "PONG\n"},
	{"plain command without newline", "PING", "PONG\n"},
	{"plain command with CRLF", "PING\r\n", "PONG\n"},
	{"plain command with several CR", "PING\r\r\n", "PONG\n"},
	{"n framing", "nPING\n", "PONG\n"},
	{"n framing with CRLF", "nPING\r\n", "PONG\n"},
	{"z framing", "zPING\x00", "PONG\x00"},
	{"CR is data in z framing", "zPING\r\x00", "UNKNOWN COMMAND\x00"},
	{"newline is data in z framing", "zPING\n\x00", "UNKNOWN COMMAND\x00"},
	{"commands are case-sensitive", "ping\n", "UNKNOWN COMMAND\n"},
	{"a command without argument must match in full", "nPING \n", "UNKNOWN COMMAND\n"},
	{"a longer word is unknown", "nPINGX\n", "UNKNOWN COMMAND\n"},
	{"NUL ends an n command", "nPING\x00junk\n", "PONG\n"},
	{"lone newline", "\n", "UNKNOWN COMMAND\n"},
	{"lone NUL", "\x00", "UNKNOWN COMMAND\n"},
	{"n with nothing", "n\n", "UNKNOWN COMMAND\n"},
	{"z with nothing", "z\x00", "UNKNOWN COMMAND\x00"},
	{"only the first plain command of a packet counts", "PING\nPING\n", "PONG\n"},
	{"only the first n command counts outside a session", "nPING\nnPING\n", "PONG\n"},
	{"an HTTP request is unknown", "GET / HTTP/1.1\r\n\r\n", "UNKNOWN COMMAND\n"},
	{"an endless n command is closed silently", "n" + strings.Repeat("A", 5000), ""},
	{"a long plain packet is unknown", strings.Repeat("A", 5000), "UNKNOWN COMMAND\n"},
	{"version", "zVERSION\x00", "ClamAV 1.4.6\x00"},
	{"VERSIONCOMMANDS is no plain command", "VERSIONCOMMANDS\n", "UNKNOWN COMMAND\n"},
	{"VERSIONCOMMANDS lists the table", "nVERSIONCOMMANDS\n", "ClamAV 1.4.6| COMMANDS: SCAN QUIT RELOAD PING CONTSCAN VERSIONCOMMANDS VERSION END SHUTDOWN MULTISCAN FILDES STATS IDSESSION INSTREAM DETSTATSCLEAR DETSTATS ALLMATCHSCAN\n"},
	{"DETSTATS says nothing", "nDETSTATS\n", ""},
	{"END outside a session", "nEND\n", "UNKNOWN COMMAND\n"},
	{"reload", "nRELOAD\n", "RELOADING\n"},

	{"clean file", "nSCAN @/f/clean\n", "@/f/clean: OK\n"},
	{"infected file", "nSCAN @/f/alpha\n", "@/f/alpha: Test.Alpha FOUND\n"},
	{"one name outside all-match", "nSCAN @/f/both\n", "@/f/both: Test.Alpha FOUND\n"},
	{"plain SCAN without newline", "SCAN @/f/alpha", "@/f/alpha: Test.Alpha FOUND\n"},
	{"empty file", "nSCAN @/f/empty\n", "@/f/empty: OK\n"},
	{"missing file", "zSCAN @/nope\x00", "@/nope: File path check failure: No such file or directory. ERROR\x00"},
	{"not a directory", "nSCAN @/f/clean/x\n", "@/f/clean/x: File path check failure: Not a directory. ERROR\n"},
	{"trailing slashes are cut", "nSCAN @/c//\n", "@/c: OK\n"},
	{"inner and leading slashes stay", "nSCAN //@//f/clean\n", "//@//f/clean: OK\n"},
	{"any byte separates the argument", "nSCANx@/f/alpha\n", "@/f/alpha: Test.Alpha FOUND\n"},
	{"no argument", "nSCAN\n", "UNKNOWN COMMAND\n"},
	{"empty argument", "nSCAN \n", ": File path check failure: No such file or directory. ERROR\n"},
	{"link not followed", "nSCAN @/f/link\n", "@/f/link: OK\n"},
	{"dangling link", "nSCAN @/f/dangling\n", "@/f/dangling: OK\n"},
	{"newline in a path, z framing", "zSCAN @/f/new\nline\x00", "@/f/new\nline: Test.Alpha FOUND\x00"},
	{"SCAN of a directory stops at the first virus", "nSCAN @/one\n", "@/one/alpha: Test.Alpha FOUND\n"},
	{"clean directory", "nCONTSCAN @/c\n", "@/c: OK\n"},
	{"empty directory", "nCONTSCAN @/e\n", "@/e: OK\n"},
	{"MULTISCAN of an empty directory says nothing", "nMULTISCAN @/e\n", ""},
	{"MULTISCAN of a clean directory", "nMULTISCAN @/c\n", "@/c: OK\n"},
	{"MULTISCAN of a file", "nMULTISCAN @/f/alpha\n", "@/f/alpha: Test.Alpha FOUND\n"},
	{"ALLMATCHSCAN is no plain command", "ALLMATCHSCAN @/f/both\n", "UNKNOWN COMMAND\n"},
	{"all matches", "nALLMATCHSCAN @/f/both\n", "@/f/both: Test.Alpha FOUND\n@/f/both: Test.Beta FOUND\n"},
	{"a panic of the scanner is an error", "nSCAN @/f/panic\n", "@/f/panic: Internal error ERROR\n"},

	{"stream", "zINSTREAM\x00" + chunk("x "+markerA) + chunk(""), "stream: Test.Alpha FOUND\x00"},
	{"stream in two chunks", "nINSTREAM\n" + chunk("MARKER") + chunk("-ALPHA") + chunk(""), "stream: Test.Alpha FOUND\n"},
	{"empty stream", "nINSTREAM\n" + chunk(""), "stream: OK\n"},
	{"bytes behind a stream", "nINSTREAM\n" + chunk("hello") + chunk("") + "more", "stream: OK\n"},
	{"INSTREAM is no plain command", "INSTREAM\n", "UNKNOWN COMMAND\n"},
	{"chunk of 4 GiB", "nINSTREAM\n\xff\xff\xff\xff", "INSTREAM size limit exceeded. ERROR\n"},
	{"a panic in a stream is an error", "nINSTREAM\n" + chunk(panicMe) + chunk(""), "stream: Internal error ERROR\n"},

	{"session", "zIDSESSION\x00zPING\x00zPING\x00zEND\x00", "1: PONG\x002: PONG\x00"},
	{"each reply ends as its command", "zIDSESSION\x00nPING\nzPING\x00nPING\nzEND\x00", "1: PONG\n2: PONG\x003: PONG\n"},
	{"nothing after END", "nIDSESSION\nnEND\nnPING\n", ""},
	{"unknown command in a session", "nIDSESSION\nnFOO\nnPING\n", "1: Command invalid inside IDSESSION. ERROR\n"},
	{"CONTSCAN in a session", "nIDSESSION\nnCONTSCAN /\n", "1: Command invalid inside IDSESSION. ERROR\n"},
	{"SHUTDOWN in a session", "nIDSESSION\nnSHUTDOWN\n", "1: Command invalid inside IDSESSION. ERROR\n"},
	{"IDSESSION is no plain command", "IDSESSION\n", "UNKNOWN COMMAND\n"},
	{"stream in a session", "nIDSESSION\nnINSTREAM\n" + chunk(markerA) + chunk("") + "nEND\n", "1: stream: Test.Alpha FOUND\n"},
	{"directory in a session", "nIDSESSION\nnSCAN @/one\nnEND\n", "1: @/one/alpha: Test.Alpha FOUND\n"},
	{"stream over its limit in a session", "nIDSESSION\nnINSTREAM\n\xff\xff\xff\xff", "1: INSTREAM size limit exceeded. ERROR\n"},

	{"RAWSCAN of old clients", "RAWSCAN @/f/alpha\n", "@/f/alpha: Test.Alpha FOUND\n"},
	{"old commands have no n framing", "nRAWSCAN @/f/alpha\n", "UNKNOWN COMMAND\n"},
	{"SESSION of old clients", "SESSION\nPING\nSCAN @/f/clean\nEND\n", "PONG\n@/f/clean: OK\n"},
	{"SESSION ends at an unknown command", "SESSION\nFOO\nPING\n", "UNKNOWN COMMAND\n"},
}

func TestDialogues(t *testing.T) {
	h := startServer(t, nil)
	for _, network := range []string{"unix", "tcp"} {
		for _, d := range commandDialogues {
			t.Run(network+"/"+d.name, func(t *testing.T) {
				h.t = t
				if got := h.exchange(network, d.send); got != d.want {
					t.Errorf("sent %q\n got %q\nwant %q", d.send, got, d.want)
				}
			})
		}
	}
	h.t = t
}

func TestRepliesInAnyOrder(t *testing.T) {
	h := startServer(t, nil)
	for _, d := range []dialogue{
		{"CONTSCAN reports every infected file", "nCONTSCAN @/d\n", "@/d/a/alpha: Test.Alpha FOUND\n@/d/b/beta: Test.Beta FOUND\n"},
		{"plain MULTISCAN", "MULTISCAN @/d\n", "@/d/a/alpha: Test.Alpha FOUND\n@/d/b/beta: Test.Beta FOUND\n"},
		{
			"scans in a session", "nIDSESSION\nnSCAN @/f/clean\nnSCAN @/f/alpha\nnSCAN @/nope\nnEND\n",
			"1: @/f/clean: OK\n2: @/f/alpha: Test.Alpha FOUND\n3: @/nope: File path check failure: No such file or directory. ERROR\n",
		},
	} {
		t.Run(d.name, func(t *testing.T) {
			got := strings.SplitAfter(h.exchange("unix", d.send), "\n")
			slices.Sort(got)
			want := strings.SplitAfter(d.want, "\n")
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	for _, tc := range []struct {
		dialogue
		set func(*Server)
		log string
	}{
		{dialogue{"excluded file", "nSCAN @/x/skipme/alpha\n", "@/x/skipme/alpha: Excluded\n"}, exclude("skipme"), ""},
		{dialogue{"excluded directory", "nCONTSCAN @/x\n", "@/x/skipme: Excluded\n@/x: OK\n"}, exclude("skipme"), ""},
		{dialogue{"MULTISCAN does not mention the excluded", "nMULTISCAN @/x\n", "@/x: OK\n"}, exclude("skipme"), ""},
		{
			dialogue{"all-match switched off", "nALLMATCHSCAN @/f/both\n", "@/f/both: ALLMATCHSCAN command disabled by clamd configuration. ERROR\n"},
			func(s *Server) { s.DisableAllMatch = true }, "",
		},
		{dialogue{"links to files followed", "nSCAN @/f/link\n", "@/f/link: Test.Alpha FOUND\n"}, func(s *Server) { s.FollowFileSymlinks = true }, ""},
		{dialogue{"links to directories followed", "nSCAN @/linkd/a\n", "@/linkd/a/alpha: Test.Alpha FOUND\n"}, func(s *Server) { s.FollowDirSymlinks = true }, ""},
		{
			dialogue{"depth limit", "nCONTSCAN @/deep\n", "@/deep: OK\n"},
			func(s *Server) { s.MaxDirectoryDepth = 3 },
			"Directory recursion limit reached, skipping @/deep/1/2/3/4",
		},
		{dialogue{"depth limit just enough", "nCONTSCAN @/deep\n", "@/deep/1/2/3/4/alpha: Test.Alpha FOUND\n"}, func(s *Server) { s.MaxDirectoryDepth = 4 }, ""},
		{
			dialogue{"MULTISCAN needs workers", "nMULTISCAN @/c\n", "@/c: Not enough threads for multiscan. Increase MaxThreads. ERROR\n"},
			func(s *Server) { s.MaxThreads = 1 }, "Not enough threads for multiscan. Max: 1, Alive: 1, Multiscan: 0+1",
		},
		{dialogue{"shutdown switched off", "nSHUTDOWN\n", "COMMAND UNAVAILABLE\n"}, func(s *Server) { s.DisableShutdown = true }, ""},
		{dialogue{"reload switched off", "nRELOAD\n", "COMMAND UNAVAILABLE\n"}, func(s *Server) { s.DisableReload = true }, ""},
		{dialogue{"version switched off ends a session", "nIDSESSION\nnVERSION\nnPING\n", "1: COMMAND UNAVAILABLE\n"}, func(s *Server) { s.DisableVersion = true }, ""},
		{dialogue{"stats switched off", "nSTATS\n", "COMMAND UNAVAILABLE\n"}, func(s *Server) { s.DisableStats = true }, ""},
		{dialogue{"stream of exactly the limit", "nINSTREAM\n" + chunk("abcd") + chunk(""), "stream: OK\n"}, func(s *Server) { s.StreamMaxLength = 4 }, ""},
		{
			dialogue{"sum of chunks over the limit", "nINSTREAM\n" + chunk("abc") + chunk("de"), "INSTREAM size limit exceeded. ERROR\n"},
			func(s *Server) { s.StreamMaxLength = 4 }, "2 INSTREAM: Size limit reached, (requested: 2, max: 1)",
		},
		{
			dialogue{"spooled stream", "nINSTREAM\n" + chunk(strings.Repeat("x", 9000)+markerA) + chunk(""), "stream: Test.Alpha FOUND\n"},
			func(s *Server) { s.StreamSpoolAbove = 1 }, "instream(local): Test.Alpha FOUND",
		},
		{
			dialogue{"no room for streams in memory", "nINSTREAM\n" + chunk(markerA) + chunk(""), "stream: Test.Alpha FOUND\n"},
			func(s *Server) { s.StreamMemory = 1 }, "",
		},
		{
			dialogue{"unwritable temporary directory", "nINSTREAM\n" + chunk(markerA) + chunk(""), "Error writing to temporary file ERROR\n"},
			func(s *Server) { s.StreamMemory, s.TempDir = 1, "/nonexistent" }, "INSTREAM: Can't write to temporary file.",
		},
		{
			dialogue{"digest and size in the log only", "nSCAN @/f/alpha\n", "@/f/alpha: Test.Alpha FOUND\n"},
			func(s *Server) { s.ExtendedInfo = true },
			"1 @/f/alpha: Test.Alpha(0123456789abcdef0123456789abcdef:14) FOUND",
		},
		{dialogue{"clean files in the log", "nSCAN @/f/clean\n", "@/f/clean: OK\n"}, func(s *Server) { s.LogClean = true }, "1 @/f/clean: OK"},
		{dialogue{"old commands switched off", "RAWSCAN @/f/alpha\n", "UNKNOWN COMMAND\n"}, func(s *Server) { s.Legacy = false }, ""},
		{dialogue{"silent client", "zPIN", "COMMAND READ TIMED OUT\n"}, func(s *Server) { s.CommandTimeout = time.Millisecond }, ""},
		{dialogue{"stalled stream", "zINSTREAM\x00\x00\x00\x00 abc", "COMMAND READ TIMED OUT\n"}, func(s *Server) { s.ReadTimeout = time.Millisecond }, ""},
		{dialogue{"idle session", "zIDSESSION\x00zPING\x00", "1: PONG\x00COMMAND READ TIMED OUT\n"}, func(s *Server) { s.ReadTimeout = time.Millisecond }, ""},
		{dialogue{"garbage is logged", "SCAN @/f/clean\nPING\n", "@/f/clean: OK\n"}, nil, ""},
		{
			dialogue{"a missing path is logged", "nSCAN @/nope\n", "@/nope: File path check failure: No such file or directory. ERROR\n"},
			nil,
			"2 File path check failure on: @/nope",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := startServer(t, tc.set)
			if got := h.exchange("unix", tc.send); got != tc.want {
				t.Errorf("sent %q\n got %q\nwant %q", tc.send, got, tc.want)
			}
			if tc.log != "" && !h.logged(tc.log) {
				t.Errorf("log lacks %q: %q", tc.log, h.log)
			}
			if left := h.srv.streamMem.Load(); left != 0 {
				t.Errorf("%d bytes of stream memory are still charged", left)
			}
		})
	}
}

// exclude sets ExcludePath.
func exclude(pattern string) func(*Server) {
	return func(s *Server) { s.ExcludePath = regexp.MustCompilePOSIX(pattern).MatchString }
}
