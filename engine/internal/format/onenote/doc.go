// Package onenote finds the files attached to a OneNote section.
//
// In: a file of type ONENOTE (MS-ONESTORE). Out: one child for each file data
// object, a range of the section, without a name.
//
// Objects are found by the identifier that begins each of them, not through the
// transaction log: that also finds attachments of earlier revisions and of damaged
// sections. The search goes on inside of an object, so that an object with a false
// length hides nothing. Children are bounded by the budget; time is linear.
package onenote
