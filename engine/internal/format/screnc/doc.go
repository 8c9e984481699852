// Package screnc unpacks files of the Microsoft Script Encoder (.vbe, .jse).
//
// In: a file of type SCRENC. Out: one child, the decoded script between <script>
// tags, as clamscan 1.4.6 makes it, so that it is taken for HTML and normalised.
// Files over maxSize are decoded as far as that.
package screnc
