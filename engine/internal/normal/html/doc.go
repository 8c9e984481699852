// Package html turns a page into the views that signatures of target 3 are
// matched with: the page without comments, the text without tags, and the
// scripts; and takes out the objects that hide in it.
//
// In goes any HTML-like text (NUL bytes are ignored, so UTF-16 works as long as
// its characters are ASCII). Out come views whose bytes are ClamAV's, slips
// included, because published signatures were made from its output (observed:
// sigtool and clamscan 1.4.6). That is why no HTML parser of the shelf serves:
// they repair the page, and this must not.
//
// Work is linear in the input. The views together are at most a small constant
// times as long as the page; nothing is allocated from a number in it. The
// caller compares the page's size with MaxHTMLNormalize before, and says with
// Options.NoTags whether it is within MaxHTMLNoTags.
package html
