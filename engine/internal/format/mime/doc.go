// Package mime takes mail messages, mailboxes and MHTML files apart.
//
// In: a file of type MAIL or MHTML. Out: one child for each attachment (in every
// way in which it may be decoded), each text part, nested or forwarded message,
// inline uuencoded, yEnc or BinHex file, for the text before, between and after
// MIME parts, and last for the header block of each message.
//
// The parser makes one pass over the lines with a stack of open multiparts; each
// part is then decoded from its range of the object. Time is linear in the size
// whatever the nesting: boundaries are looked up by hash, so that 3,000 nested
// multiparts cost no more than one. Memory is one window, the open boundaries,
// the headers of one part (capped) and one decoded child of up to maxBuffered.
//
// It finds strictly more than clamscan 1.4.6 does: preambles as objects of
// their own, inline BinHex and yEnc, message/partial, parts behind an undeclared
// boundary, 8-bit attachments byte for byte, signatures of multipart/signed.
//
// net/mail, mime/multipart and the open libraries are not used: they refuse
// damaged mail and are quadratic in nesting, and signatures depend on the exact
// lenient decoding.
package mime
