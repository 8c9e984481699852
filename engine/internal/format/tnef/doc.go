// Package tnef takes apart TNEF streams, the winmail.dat of Microsoft mail.
//
// In: a file of type TNEF. Out: one child for each attachment, each object that
// is embedded in an attachment's property stream, and nothing for the message's
// own properties. Attachments are ranges of the object, so nothing is copied.
//
// The parser does one pass over the attribute list. An attachment begins at its
// render data (9002h); clamscan 1.4.6 concatenates attachments that follow each
// other instead, so this parser finds strictly more. Data cut off by the end of
// the file is handed over as far as it goes.
//
// The open TNEF libraries read the whole file, trust lengths and stop at the
// first surprise.
package tnef
