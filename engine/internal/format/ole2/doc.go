// Package ole2 takes apart OLE2 compound files (MS-CFB): Office documents before
// 2007, VBA projects, installer packages, messages, HWP 5 documents.
//
// In: a file of type MSOLE2. Out: one child for each stream, named by its path;
// objects inside streams (Ole10Native data, ActiveMime, compressed HWP streams,
// PowerPoint storages, pictures of workbooks); the VBA project as one text and
// each of its modules as stored, the macro sheets of a workbook as text (all of
// these with type MSOLE2, because signatures for documents are matched on them);
// the content of an encrypted package if the password is Excel's default one.
//
// Limits: see the constants of this package. Every chain is followed for at most
// as many sectors as the file has. Streams are handed over as ranges of the file
// where they lie in one piece.
//
// Damage costs what it hits. Unlike clamscan 1.4.6 the parser reads directory
// entries that no tree reaches; goes on with the next sector where the allocation
// table is cut off; looks for the directory if the header points outside of the
// file; and searches streams, or a file without directory, for VBA modules.
//
// Ours instead of a library: mscfb refuses files whose header, table or tree do
// not hold together, which clamscan and Office read.
package ole2
