// Package backend serves an engine through package clamd: it loads databases,
// replaces them while scans go on, and translates objects and results. It is the
// only place where the daemon's protocol and the engine meet.
//
// In go a load function and scan options, out come a [clamd.Scanner] and the
// texts of VERSION and STATS. A failing load never replaces a database in use.
package backend
