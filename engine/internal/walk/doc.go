// Package walk is the loop of a scan: type an object, open it and scan its
// children, match its bytes, open what can only be opened afterwards.
//
// In goes a View and a budget, out come alerts, limits and facts. Each object is
// one layer; layers form a stack whose types signatures can ask for. Work on one
// layer is contained: a panic costs that layer, is reported, and the scan goes
// on. The order of the steps is ClamAV's, because it decides which name is
// reported.
package walk
