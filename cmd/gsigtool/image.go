package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"gclam/engine/inspect"
	"gclam/internal/cli"
)

// subcommands are gclam's own; the words would be stray arguments to sigtool.
func subcommands() map[string]func(context.Context, []string, cli.Streams) int {
	return map[string]func(context.Context, []string, cli.Streams) int{"compile": compileImage, "inspect": inspectImage}
}

// parse reads flags that may stand before and behind other words.
func parse(f *flag.FlagSet, argv []string, s cli.Streams) (words []string, ok bool) {
	f.SetOutput(s.Err)
	for {
		if err := f.Parse(argv); err != nil {
			return nil, false
		}
		if argv = f.Args(); len(argv) == 0 {
			return words, true
		}
		words, argv = append(words, argv[0]), argv[1:]
	}
}

func failed(s cli.Streams, format string, a ...any) int {
	fmt.Fprintf(s.Err, "ERROR: "+format+"\n", a...)
	return 1
}

// compileImage is "compile DIR|FILE... -o IMAGE".
func compileImage(ctx context.Context, argv []string, s cli.Streams) int {
	f := flag.NewFlagSet("sigtool compile DIR|FILE... -o IMAGE", flag.ContinueOnError)
	out := f.String("o", "", "`file` to write the compiled database to")
	pua := f.Bool("pua", false, "take signatures for potentially unwanted applications, too")
	quiet := f.Bool("quiet", false, "print errors only")
	paths, ok := parse(f, argv, s)
	if !ok {
		return 1
	}
	if len(paths) == 0 || *out == "" {
		return failed(s, "compile: needs databases and -o IMAGE")
	}
	o := inspect.CompileOptions{PUA: *pua, Message: func(l slog.Level, text string) {
		if l >= slog.LevelError {
			fmt.Fprintln(s.Err, "LibClamAV Error: "+text)
		}
	}}
	n, size, err := compileTo(ctx, *out, paths, o)
	if err != nil {
		return failed(s, "compile: %v", err)
	}
	if !*quiet {
		fmt.Fprintf(s.Out, "%s: %d signatures, %d bytes\n", *out, n, size)
	}
	return 0
}

// compileTo writes the image beside its place and moves it there: a reader that
// has the old one mapped keeps it.
func compileTo(ctx context.Context, out string, paths []string, o inspect.CompileOptions) (n int, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(out), ".gsigtool-")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	n, err = inspect.Compile(ctx, f, paths, o)
	if err == nil {
		size, err = f.Seek(0, io.SeekCurrent)
	}
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return 0, 0, err
	}
	return n, size, os.Rename(f.Name(), out)
}

// inspectImage is "inspect IMAGE [--json]".
func inspectImage(_ context.Context, argv []string, s cli.Streams) int {
	f := flag.NewFlagSet("sigtool inspect IMAGE", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "print JSON")
	words, ok := parse(f, argv, s)
	if !ok {
		return 1
	}
	if len(words) != 1 {
		return failed(s, "inspect: needs one compiled database")
	}
	r, err := inspect.Image(words[0])
	if err != nil {
		return failed(s, "inspect: %v", err)
	}
	if *asJSON {
		e := json.NewEncoder(s.Out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		err = printReport(s.Out, r)
	}
	if err != nil {
		return failed(s, "inspect: %v", err)
	}
	return 0
}

// printReport prints a report as text.
func printReport(out io.Writer, r *inspect.Report) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "Format version: %d\nSize: %d bytes\nSignatures: %d\nBytes per signature: %.1f (with patterns: %.1f)\nLongest pattern: %d bytes\n",
		r.FormatVersion, r.Size, r.Signatures, r.PerSignature, r.PerPattern, r.MaxPattern)
	fmt.Fprintln(out, "\nSources:")
	for _, s := range r.Sources {
		fmt.Fprintf(out, "  %s: %d signatures", s.Name, s.Signatures)
		if s.Version > 0 {
			fmt.Fprintf(out, ", version %d of %s", s.Version, s.Built.UTC().Format("2006-01-02"))
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "\nSections:")
	for _, s := range r.Sections {
		fmt.Fprintf(w, "%d\t%.1f%%\t%s\n", s.Size, 100*float64(s.Size)/float64(max(r.Size, 1)), "  "+s.Name)
	}
	printTargets(w, out, r.Targets)
	printCounts(w, out, r)
	return w.Flush()
}

func printTargets(w *tabwriter.Writer, out io.Writer, ts []inspect.Target) {
	_ = w.Flush() // the same writer reports errors at the end
	fmt.Fprintln(out, "\nSignatures per target:")
	fmt.Fprintln(w, "target\tbody\tlogical\tfile types\talways tried\ttable bytes\tliterals\tshort\tbitmap full\t")
	for _, t := range ts {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t", t.Number, t.Body, t.Logical, t.Types, t.Always)
		if b := t.Table; b != nil {
			fmt.Fprintf(w, "%d\t%d\t%d\t%.2f%%\t", b.Size, b.Literals, b.Short, 100*float64(b.Set)/float64(max(b.Bits, 1)))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	for _, t := range ts {
		if t.Table == nil || len(t.Table.Fullest) == 0 {
			continue
		}
		fmt.Fprintf(out, "\nFullest of %d buckets of target %d:\n", t.Table.Slots, t.Number)
		for _, b := range t.Table.Fullest {
			fmt.Fprintf(out, "  %d literals: %s %s\n", b.Literals, b.Literal, b.Name)
		}
	}
}

func printCounts(w *tabwriter.Writer, out io.Writer, r *inspect.Report) {
	if len(r.Hashes) > 0 {
		fmt.Fprintln(out, "\nHash signatures:")
	}
	for _, h := range r.Hashes {
		fmt.Fprintf(w, "%d\t%.1f bytes each\t  %s %s\n", h.Count, float64(h.Size)/float64(h.Count), h.Use, h.Kind)
	}
	_ = w.Flush()
	if len(r.Other) > 0 {
		fmt.Fprintln(out, "\nOther records:")
	}
	for _, k := range slices.Sorted(maps.Keys(r.Other)) {
		fmt.Fprintf(w, "%d\t  %s\n", r.Other[k], k)
	}
	_ = w.Flush()
	if len(r.Unsupported) > 0 {
		fmt.Fprintln(out, "\nNot supported:")
	}
	for _, k := range slices.Sorted(maps.Keys(r.Unsupported)) {
		fmt.Fprintf(w, "%d\t  %s\n", r.Unsupported[k], k)
	}
}
