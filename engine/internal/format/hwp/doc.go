// Package hwp takes apart documents of Hangul Word Processor that are not compound
// files themselves.
//
// In: files of type HWP3, and of type HWPOLE2: a compound file behind a length.
// Out of HWP3: the body, inflated if it is packed, and from it each compound file
// and picture. Out of HWPOLE2: the compound file.
//
// The body of a version 3 document is a tree of paragraphs and boxes, at whose end
// the embedded objects lie. They are found by how they begin instead of through
// the tree: nothing recurses, and a damaged paragraph hides no object. The body is
// inflated up to maxBody bytes for that search.
package hwp
