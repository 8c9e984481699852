// Package ppmdi decodes PPMd variant I revision 1 (PPMd8), ZIP method 98. It
// differs from variant H (package ppmd) in its range coder, in the statistics it
// keeps and in what it does when the heap is full: start anew, or cut rare
// contexts off.
//
// The heap is what the stream declares, but never more than its output can fill.
// The model is Dmitry Shkarin's (public domain), the stream format WinZip's.
package ppmdi
