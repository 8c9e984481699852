// Package vba decodes VBA projects of Office documents (MS-OVBA).
//
// In: the streams of a project's storage, through a function that finds them by
// name. Out: the source of each module as stored, and the text that ClamAV makes
// of a project, which its signatures were written against: a head of REM lines,
// then the modules in UTF-8, in lower case outside of string literals.
//
// Beyond ClamAV 1.4.6: a damaged dir stream costs the records behind the damage
// only; a module whose offset is wrong is searched for in its stream; bytes that
// have no meaning in the code page do not cost the module. Carve finds module
// sources in any bytes, without a project.
//
// Limits: see the constants of this package. Time and memory are linear in the
// streams; the decoder makes at most 4096 bytes of a chunk of two.
//
// The format is small and the open decoders stop at the first surprise.
package vba
