// Package sysd speaks the two interfaces of a service manager that a daemon needs:
// sockets handed in at start (LISTEN_FDS) and notices of state (NOTIFY_SOCKET).
//
// In goes the environment, out come listeners; notices go to a datagram socket.
// Without a service manager everything here does nothing. It is our own because the
// whole of it is smaller than the interface of the library that has it.
//
// Sources: manual pages sd_listen_fds(3) and sd_notify(3).
package sysd
