package inspect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"gclam/engine/internal/db"
	"gclam/engine/internal/match"
	"gclam/engine/internal/match/pattern"
	"gclam/engine/internal/match/regex"
	"gclam/engine/internal/sig"
)

// MaxMatches is how many matches of one pattern Find returns at most.
const MaxMatches = 100_000

// Pattern is one compiled subsignature without offset and modifiers. It is
// immutable and safe for concurrent use.
type Pattern struct {
	image   *db.DB
	program *db.Program
	regex   *regex.Program
	global  bool // regex: all matches, not only the first
	always  bool
}

// PatternError tells why a pattern cannot be used.
type PatternError struct {
	// Lines are what ClamAV's library prints, without prefix.
	Lines []string
	// Engine is set when the pattern parses, but does not compile (a regular
	// expression).
	Engine bool
}

// Error implements error.
func (e *PatternError) Error() string {
	if len(e.Lines) == 0 {
		return "inspect: unusable pattern"
	}
	return "inspect: " + strings.Join(e.Lines, ": ")
}

// CompilePattern compiles the text of a body pattern, or of a regular expression
// with its trigger ("0/expression/flags"). The trigger is not evaluated. Byte
// comparisons compare with what another subsignature found and hold always here, image
// hashes never: so it is in sigtool 1.4.6. The error is a *PatternError.
func CompilePattern(text string) (*Pattern, error) {
	if trigger, expr, flags, ok := SplitRegex(text); ok {
		return compileRegex(trigger, expr, flags)
	}
	if strings.HasPrefix(text, "$") {
		return nil, &PatternError{Lines: []string{"Macro subsignatures are only valid inside logical signatures"}}
	}
	var lines []string
	b := db.NewBuilder()
	l := sig.NewLoader(sig.Options{Level: sig.DefaultLevel, Message: func(_ slog.Level, s string) {
		lines = append(lines, s)
	}}, b)
	// A logical signature takes every kind of subsignature; its name is the one
	// that sigtool's messages show.
	line := "test;Engine:51-255,Target:0;0;" + text + "\n"
	b.BeginSource(db.Source{})
	if n, err := l.Load("test.ldb", strings.NewReader(line), sig.Source{Official: true}); err != nil || n != 1 {
		return nil, &PatternError{Lines: untilLoader(lines)}
	}
	raw, err := b.Finish("")
	if err != nil {
		return nil, &PatternError{Lines: []string{err.Error()}, Engine: true}
	}
	return fromImage(raw)
}

// untilLoader drops the messages about the file around the signature.
func untilLoader(lines []string) []string {
	for i, l := range lines {
		if strings.HasPrefix(l, "cli_loadldb: ") || strings.HasPrefix(l, "Problem parsing database") {
			return lines[:i]
		}
	}
	return lines
}

func fromImage(raw []byte) (*Pattern, error) {
	damaged := &PatternError{Engine: true}
	d, err := db.Open(raw)
	if err != nil {
		return nil, damaged
	}
	l, ok := d.Logical(0)
	if !ok {
		return nil, damaged
	}
	s, ok := d.Sub(&l, 0)
	if !ok {
		return nil, damaged
	}
	p := &Pattern{image: d, always: s.Kind == sig.SubByteCompare}
	if len(s.Patterns) > 0 {
		if p.program, ok = d.Program(s.Patterns[0]); !ok {
			return nil, damaged
		}
	}
	return p, nil
}

// SplitRegex splits "trigger/expression/flags"; ok is false for other patterns. A
// slash behind a backslash belongs to the expression.
func SplitRegex(text string) (trigger, expr, flags string, ok bool) {
	trigger, rest, ok := strings.Cut(text, "/")
	if !ok {
		return "", "", "", false
	}
	for i := 0; i < len(rest); i++ {
		if rest[i] == '/' && (i == 0 || rest[i-1] != '\\') {
			return trigger, rest[:i], rest[i+1:], true
		}
	}
	return "", "", "", false
}

func compileRegex(trigger, expr, flags string) (*Pattern, error) {
	if trigger == "" {
		return nil, &PatternError{Lines: []string{"PCRE subsig must contain logical trigger"}}
	}
	re, err := match.CompileRegex([]byte(expr), flags)
	var re2 *regex.Error
	if errors.As(err, &re2) {
		return nil, &PatternError{Engine: true, Lines: []string{
			fmt.Sprintf("cli_pcre_compile: PCRE2 compilation failed at offset %d: %s", re2.Offset, re2.Message),
			"cli_pcre_build: failed to build pcre regex",
		}}
	}
	if err != nil {
		return nil, &PatternError{Lines: []string{err.Error()}}
	}
	return &Pattern{regex: re, global: strings.Contains(flags, "g")}, nil
}

// Find returns where in data the pattern begins to match, in the order in which
// ClamAV completes the matches, at most MaxMatches. A chain of parts counts once
// for each end of its last part. The error is the context's; what was found before
// is returned with it.
func (p *Pattern) Find(ctx context.Context, data []byte) ([]int, error) {
	check := func() bool { return ctx.Err() == nil }
	switch {
	case p.regex != nil:
		return p.findRegex(ctx, data)
	case p.always:
		return []int{0}, nil
	case p.program == nil:
		return nil, nil
	}
	var out []int
	f := pattern.NewFinder(data, p.program, pattern.Anywhere(len(data)), p.image.Meta().MaxPattern, check)
	for m, ok := f.Next(); ok && len(out) < MaxMatches; m, ok = f.Next() {
		out = append(out, m.Start)
	}
	return out, ctx.Err()
}

func (p *Pattern) findRegex(ctx context.Context, data []byte) ([]int, error) {
	var out []int
	o := regex.RunOptions{Check: func() bool { return ctx.Err() == nil }}
	for from := 0; from <= len(data) && len(out) < MaxMatches; {
		start, end, ok, err := p.regex.Find(data, from, o)
		if err != nil {
			return out, ctx.Err()
		}
		if !ok {
			break
		}
		out = append(out, start)
		if from = max(end, start+1); !p.global {
			break
		}
	}
	return out, ctx.Err()
}

// Subsignatures returns how many subsignatures a logical expression refers to: its
// highest id plus one. The error is a *PatternError in ClamAV's words.
func Subsignatures(expression string) (int, error) {
	e, err := sig.ParseExpr(expression)
	if err != nil {
		return 0, &PatternError{Lines: exprLines(err)}
	}
	return e.MaxID() + 1, nil
}

// exprLines splits what the parser of expressions says into ClamAV's lines.
func exprLines(err error) []string {
	const next = ": cli_ac_chklsig: Calculation"
	return strings.Split(strings.ReplaceAll(err.Error(), next, "\n"+next[2:]), "\n")
}
