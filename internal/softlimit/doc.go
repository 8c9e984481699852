// Package softlimit lets a small command run under softlimit(8) values that suit C
// programs. The Go runtime reserves about 0.7 GiB of address space before any of the
// program's code runs and dies where RLIMIT_AS is below that; mail hosts give their
// filters 20 to 80 MB.
//
// A program that calls [Keep] and is linked with
//
//	-ldflags=-E=gclam/internal/softlimit.entry
//
// begins at code of ours, which raises the soft RLIMIT_AS and RLIMIT_DATA to their
// hard values and goes on to the runtime's own entry. Keep then hands the old values
// to the garbage collector, so that what the administrator meant still holds. Hard
// limits stay as they are. Linked without the flag, or on other systems than Linux on
// amd64 and arm64 (where the symbol does not exist), nothing is raised.
package softlimit
