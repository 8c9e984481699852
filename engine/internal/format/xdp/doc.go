// Package xdp takes the PDF files and images out of XML Data Packages.
//
// In: an object of type XDP. Out: one child for each chunk and image element,
// decoded from base64, with the name of the element. clamscan 1.4.6 hands over
// chunks that hold a PDF, and stops at the first that does not.
//
// The XML is cut into tokens, not checked: damage hides nothing. The work is
// linear and nothing recurses. Source: Adobe XFA specification 3.3, chapters
// "Packages" and "image".
package xdp
