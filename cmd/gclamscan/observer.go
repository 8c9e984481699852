package main

import (
	"fmt"
	"strings"
	"time"

	"gclam/engine"
	"gclam/internal/logfmt"
)

// inside hears about objects inside of files, for --archive-verbose: names on the
// way with -v, and for each detection a line that tells where inside it was:
//
//	mail.eml!MAIL:invoice.zip!(2)ZIP:a.exe: Win.Test FOUND
type inside struct {
	engine.NopObserver
	a     *app
	path  string // file that is scanned
	stack []engine.ObjectEvent
	hits  []string
}

// maxHits bounds the lines kept for one file.
const maxHits = 1000

// observer returns what is told about objects inside of files: nil unless
// --archive-verbose wants to hear it.
func (a *app) observer() engine.Observer {
	if !a.v.Bool("archive-verbose") {
		return nil
	}
	a.inner = &inside{a: a}
	return a.inner
}

// begin forgets the file before. It does nothing on nil.
func (o *inside) begin(path string) {
	if o != nil {
		o.path, o.stack, o.hits = path, o.stack[:0], nil
	}
}

// report prints what was found inside of the file. It does nothing on nil.
func (o *inside) report() {
	if o == nil || o.a.v.Bool("allmatch") {
		return
	}
	for _, h := range o.hits {
		o.a.line(logfmt.Info, h)
	}
}

// Enter implements engine.Observer.
func (o *inside) Enter(obj engine.ObjectEvent) {
	o.stack = append(o.stack, obj)
	if len(o.stack) > 1 && o.a.walk.verbose && lastName(obj) != "" {
		o.a.line(logfmt.Info, "Scanning "+o.chain(""))
	}
}

// Leave implements engine.Observer.
func (o *inside) Leave(engine.ObjectEvent, time.Duration) {
	if n := len(o.stack); n > 0 {
		o.stack = o.stack[:n-1]
	}
}

// Match implements engine.Observer.
func (o *inside) Match(obj engine.ObjectEvent, m engine.Match) {
	if len(o.hits) < maxHits {
		o.hits = append(o.hits, o.chain(fmt.Sprintf("(%d)", obj.Depth))+": "+m.Name+" FOUND")
	}
}

// chain writes the way to the current object; mark stands before its last part.
func (o *inside) chain(mark string) string {
	var parts []string
	for i := 1; i < len(o.stack); i++ {
		if name := lastName(o.stack[i]); name != "" {
			parts = append(parts, strings.TrimPrefix(o.stack[i-1].Type, "CL_TYPE_")+":"+name)
		}
	}
	if len(parts) == 0 {
		parts = []string{""}
	}
	parts[len(parts)-1] = mark + parts[len(parts)-1]
	return o.path + "!" + strings.Join(parts, "!")
}

func lastName(obj engine.ObjectEvent) string {
	if n := len(obj.Path); n > 0 {
		return obj.Path[n-1]
	}
	return ""
}
