// Package xlm writes the macro sheets of Excel workbooks (MS-XLS) as text.
//
// In: the bytes of a Workbook stream. Out: what Inspect finds in it, and two texts.
// Listing is the text that ClamAV's signatures for Excel 4 macros were written
// against: one line for each record, formulas as lists of tokens, with ClamAV's
// misreadings (bytes above 7Fh are signed, strings begin three bytes early).
// Formulas has only the formulas and strings, read correctly and with constant
// strings put together, so that what is spelled with CHAR and & can be matched.
//
// Work and output are linear in the stream; output is cut at the caller's limit.
// Records are read until the bytes end, whatever they hold. No open decoder is
// known that takes damaged streams.
package xlm
