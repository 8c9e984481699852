// Package clamd speaks the protocol of ClamAV's daemon: a server that puts any
// [Scanner] behind Unix and TCP sockets, and a [Client] for it.
//
// The server takes commands in the three framings of the protocol (old style,
// n and z), runs sessions, receives streams and descriptors, walks directories,
// and answers with the reference's exact texts:
//
//	srv := &clamd.Server{Scanner: s, Version: func() string { return "ClamAV 1.4.6" }}
//	err := srv.Serve(ctx, clamd.Listener{Listener: l, Local: true})
//
// What goes in is hostile. One connection costs one goroutine and, between
// commands, no buffer; only complete work (a full stream, a received descriptor,
// a path) is given to the MaxThreads workers, so idle and slow clients hold none
// of them, and PING, VERSION and STATS never wait for one. Commands are capped at
// [MaxCommand] bytes, streams at StreamMaxLength, the memory of all waiting
// streams at StreamMemory (beyond it they are spooled), queued work at MaxQueue,
// connections at MaxConnections. A client that goes away cancels its scans; a
// panic below a command becomes an ERROR reply.
//
// The client half imports nothing of the engine: programs that only talk to a
// daemon stay small. The adapter that serves an engine is package clamd/backend.
//
// Everything here is our own: the protocol is small, and the public libraries for
// it are clients only.
package clamd
