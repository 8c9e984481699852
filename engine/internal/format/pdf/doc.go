// Package pdf takes apart PDF files.
//
// In: an object of type PDF. Out: one child for each stream, decrypted and
// decoded, one for each JavaScript string, and one for the text of each object
// that names an action or an attachment. Children have no names. What is
// reported besides: names written with #xx escapes that would be notable without
// them, and encryption which the empty password does not open.
//
// Objects are found by their "N G obj" text, never through the cross-reference
// table, so a damaged, missing or lying table hides nothing, and all revisions
// of an object in an incrementally updated file are seen. Objects that lie in
// the data of a stream are seen too. The work is linear in the size of the file:
// what is looked at twice, because objects overlap, is charged to an allowance.
//
// Beyond clamscan 1.4.6: streams with any filter are handed over, not only some;
// predictors are undone; deflate data with a broken header is tried; scripts are
// also given with their escapes resolved; filters may be indirect objects.
//
// The open PDF libraries follow the cross-reference table, refuse what readers
// repair, and recurse over the input.
//
// Source of all structures: ISO 32000-2; RC4 and AES-128 encryption as in
// ISO 32000-1, revision 5 of the handler as in Adobe's supplement to it, level 3.
package pdf
