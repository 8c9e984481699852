// Package pattern evaluates body patterns of the compiled database against one
// buffer: single parts, chains of parts with distances, and where offsets allow
// a pattern to begin.
//
// It finds every true match. Two properties of ClamAV that signatures rely on
// are kept: a chain remembers the first and the eight latest ends of each part,
// and data that ends inside a part of variable length counts as matched when
// the part's minimum length was there (observed with clamscan 1.4.6). All work
// is bounded by the buffer times the pattern, alternatives by a step budget.
package pattern
