// Package xmltoken cuts XML that containers use as a table of contents into
// tags and text: slices of the input go out, nothing is copied.
//
// It is not encoding/xml because that one allocates for each attribute and each
// open element, which makes a small compressed table of contents a memory bomb,
// and because it refuses what other readers mend. Here nesting is the caller's
// business and nothing is an error: what is not a tag is text.
package xmltoken
