package logfmt

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// Handler returns a slog.Handler that writes through l: the message, then
// attributes as " key=value". Records below slog.LevelInfo count as Debug.
func (l *Logger) Handler() slog.Handler { return handler{l: l} }

// handler is immutable; With… make copies.
type handler struct {
	l     *Logger
	group string // "a.b." before keys
	attrs string // rendered " key=value …"
}

// Enabled implements slog.Handler.
func (h handler) Enabled(_ context.Context, lv slog.Level) bool {
	return h.l != nil && (lv >= slog.LevelInfo || h.l.o.Verbose)
}

// Handle implements slog.Handler.
func (h handler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	b.WriteString(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		appendAttr(&b, h.group, a)
		return true
	})
	h.l.Log(FromSlog(r.Level), b.String())
	return nil
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(as []slog.Attr) slog.Handler {
	var b strings.Builder
	b.WriteString(h.attrs)
	for _, a := range as {
		appendAttr(&b, h.group, a)
	}
	h.attrs = b.String()
	return h
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler {
	if name != "" {
		h.group += name + "."
	}
	return h
}

// FromSlog translates a level.
func FromSlog(lv slog.Level) Level {
	switch {
	case lv >= slog.LevelError:
		return Error
	case lv >= slog.LevelWarn:
		return Warning
	case lv >= slog.LevelInfo:
		return Info
	}
	return Debug
}

// maxGroups bounds nesting of attribute groups.
const maxGroups = 8

func appendAttr(b *strings.Builder, group string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup && strings.Count(group, ".") < maxGroups {
		for _, g := range v.Group() {
			appendAttr(b, group+a.Key+".", g)
		}
		return
	}
	if a.Key == "" {
		return
	}
	s := v.String()
	if strings.ContainsAny(s, " \"=\n\r\t") {
		s = fmt.Sprintf("%q", s)
	}
	b.WriteString(" " + group + a.Key + "=" + s)
}
