// Package msxml finds what Office and Hangul documents in one XML file carry in
// base64.
//
// In: files of the types XML_WORD, XML_XL and XML_HWP. Out: for Office a child for
// each binData element (Word 2003) and binaryData element (Word 2007 flat format,
// which ClamAV does not open), and what an ActiveMime blob holds inflated; for
// Hangul a child for each BINDATA element, inflated where it says so, and for each
// script text.
//
// The document is cut into tags and text without demands on its structure, so
// damage costs what it hits. Output is at most three quarters of the input, except
// inflated blobs, which the budget bounds.
package msxml
