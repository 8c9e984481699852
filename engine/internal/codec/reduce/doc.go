// Package reduce decodes ZIP methods 2 to 5: follower sets and a small sliding
// dictionary (APPNOTE.TXT section 5.2). Memory is fixed.
package reduce
