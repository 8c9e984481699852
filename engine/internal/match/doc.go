// Package match evaluates the compiled database over one buffer: body, hash and
// logical signatures and file type patterns.
//
// In goes an Object (bytes, targets, facts about its layout and place), out come
// Hits in the order in which ClamAV 1.4.6 reports them, and the file types found
// inside. A pass first looks for one necessary literal per signature (package
// literal) and evaluates only signatures whose literal is there; see
// docs/matching.md. Matching says what fired; package verdict decides.
package match
