package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"gclam/cvd"
	"gclam/engine/internal/db"
	"gclam/engine/internal/match"
	"gclam/engine/internal/sig"
)

// CompileOptions says how databases are compiled. The zero value takes what
// clamscan takes.
type CompileOptions struct {
	PUA     bool                     // signatures for potentially unwanted applications, too
	Loose   bool                     // leave containers in directories out
	Message func(slog.Level, string) // Optional: receives the loader's messages
}

// Compile writes the compiled form of database files and of directories of them to
// w and returns the number of signatures. Equal input gives equal bytes. The error
// names the file that cannot be used.
func Compile(ctx context.Context, w io.Writer, paths []string, o CompileOptions) (int, error) {
	b := db.NewBuilder()
	b.CheckRegex = func(re, flags string) error {
		_, err := match.CompileRegex([]byte(re), flags)
		return err
	}
	l := sig.NewLoader(sig.Options{Level: sig.DefaultLevel, PUA: sig.PUA{Enabled: o.PUA}, Message: o.Message}, b)
	c := &compiler{ctx: ctx, b: b, l: l, loose: o.Loose}
	for _, p := range paths {
		if err := c.path(p); err != nil {
			return 0, err
		}
	}
	if !l.HasMagic() {
		if err := sig.BuiltinMagic(b); err != nil {
			return 0, err
		}
	}
	raw, err := b.Finish("")
	if err != nil {
		return 0, err
	}
	_, err = w.Write(raw)
	return c.total, err
}

type compiler struct {
	ctx   context.Context
	b     *db.Builder
	l     *sig.Loader
	loose bool
	total int
}

// path adds a file, or what a directory holds in loading order.
func (c *compiler) path(p string) error {
	st, err := os.Stat(p)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return c.file(p)
	}
	names, err := sig.ListDirectory(os.DirFS(p), ".", false, func(cvdName, cldName string) bool {
		return version(filepath.Join(p, cvdName)) > version(filepath.Join(p, cldName))
	})
	if err != nil {
		return err
	}
	for _, n := range names {
		if c.loose && sig.IsContainer(n) {
			continue
		}
		if err := c.file(filepath.Join(p, n)); err != nil {
			return err
		}
	}
	return nil
}

// version is that of a container, -1 if it cannot be read.
func version(p string) int {
	f, err := os.Open(p)
	if err != nil {
		return -1
	}
	defer func() { _ = f.Close() }()
	h, err := cvd.ReadHeader(f)
	if err != nil {
		return -1
	}
	return h.Version
}

func (c *compiler) file(p string) error {
	f, err := os.Open(p)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	c.b.BeginSource(db.Source{Name: filepath.Base(p), Path: p})
	kind := cvd.KindOf(p)
	if kind != cvd.None {
		return c.container(f, p, kind)
	}
	n, err := c.l.LoadContext(c.ctx, filepath.Base(p), f, sig.Source{Path: p})
	if err != nil {
		return named(p, err)
	}
	c.b.EndSource(n, nil)
	c.total += n
	return nil
}

func (c *compiler) container(f *os.File, p string, kind cvd.Kind) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	count := 0
	h, err := cvd.Read(f, st.Size(), kind, cvd.ReadOptions{}, func(m cvd.Member, r io.Reader) error {
		src := sig.Source{Path: p + ":" + m.Name, Official: kind != cvd.CUD, InContainer: true}
		n, err := c.l.LoadContext(c.ctx, m.Name, r, src)
		count += n
		return err
	})
	if err != nil {
		return named(p, err)
	}
	c.b.EndSource(count, func(s *db.Source) {
		s.Version, s.Built, s.Level, s.Official = h.Version, h.Created, h.Level, kind != cvd.CUD
	})
	c.total += count
	return nil
}

// named puts the path before errors that do not tell it.
func named(p string, err error) error {
	var le *sig.LineError
	if errors.As(err, &le) {
		return err
	}
	return fmt.Errorf("%s: %w", p, err)
}
