// Package words finds small sets of keywords in text, in one pass.
//
// In goes a set of words when it is made, then any number of texts; out comes
// which of the words occur. Matching takes time linear in the text, whatever
// the number of words. Sets are meant for dozens or hundreds of words known at
// compile time, not for signatures. The matcher is cloudflare/ahocorasick,
// which is used nowhere else.
//
//	s := words.New("href", "src")
//	s.Find([]byte("<a href=x>")) // [0]
package words
