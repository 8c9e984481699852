// Package zip takes ZIP archives apart.
//
// It reads the central directory and the local headers and believes neither:
// entries come from the directory where one is found (also behind a wrong
// offset), and from every local header in the bytes that no catalogued entry
// covers. So archives without end record, glued, prefixed and cut archives give
// up their members. Sizes are the local header's, names and sizes of both are
// shown to container metadata signatures. Traditional and AES encryption are
// detected, and undone when the Sink offers a password that fits.
//
// Limits: MaxFiles entries; output of one member MaxFileSize (then it is cut,
// silently, as ClamAV does); more than five overlapping entries make the whole
// archive a bomb of which nothing is extracted (Fact Overlap).
//
// This is our own walker because archive/zip refuses nearly half of the ZIP
// files that matter here.
package zip
