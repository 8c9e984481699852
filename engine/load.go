package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"gclam/cvd"
	"gclam/engine/internal/db"
	"gclam/engine/internal/match"
	"gclam/engine/internal/sig"
)

// sourceFile is one database file to load.
type sourceFile struct {
	path string // as messages show it
	name string // base name
	fsys fs.FS  // nil: the operating system's files
	file string // path in fsys, or on disk

	memory *strings.Reader // content of a built-in file; nil otherwise
}

// stat tells size and modification time, which identify a file for the cache.
func (f *sourceFile) stat() (fs.FileInfo, error) {
	if f.fsys != nil {
		return fs.Stat(f.fsys, f.file)
	}
	return os.Stat(f.file)
}

// randomAccess is what container files are read through.
type randomAccess interface {
	io.ReaderAt
	io.Reader
	io.Closer
}

// open returns the file and its size.
func (f *sourceFile) open() (randomAccess, int64, error) {
	if f.memory != nil {
		return nopCloser{f.memory}, f.memory.Size(), nil
	}
	if f.fsys == nil {
		h, err := os.Open(f.file)
		if err != nil {
			return nil, 0, err
		}
		st, err := h.Stat()
		if err != nil {
			_ = h.Close()
			return nil, 0, err
		}
		return h, st.Size(), nil
	}
	b, err := fs.ReadFile(f.fsys, f.file)
	if err != nil {
		return nil, 0, err
	}
	return nopCloser{strings.NewReader(string(b))}, int64(len(b)), nil
}

type nopCloser struct{ *strings.Reader }

func (nopCloser) Close() error { return nil }

// ClamAV's texts for databases that cannot be used.
const (
	textStat      = "Can't get file status"
	textOpen      = "Can't open file or directory"
	textMalformed = "Malformed database"
	textNotCVD    = "Broken or not a CVD file"
	textSignature = "Can't verify database integrity"
	textInit      = "Database initialization error: Malformed database"
)

// find lists the database files of a path.
func find(p string, o *LoadOptions) ([]sourceFile, error) {
	st, err := os.Stat(p)
	if err != nil {
		o.message(slog.LevelError, "cl_load(): "+reason(err)+": "+p)
		return nil, &DatabaseError{Path: p, Text: textStat, Err: errors.Join(ErrNoDatabase, err)}
	}
	if !st.IsDir() {
		return []sourceFile{{path: p, name: filepath.Base(p), file: p}}, nil
	}
	names, err := listDirectory(unsorted{os.DirFS(p), p}, p, o)
	if err != nil {
		return nil, err
	}
	files := make([]sourceFile, 0, len(names))
	for _, n := range names {
		full := filepath.Join(p, n)
		files = append(files, sourceFile{path: full, name: n, file: full})
	}
	return files, nil
}

// unsorted is a directory whose entries come in its own order, as ClamAV loads
// them within a class; os.DirFS would sort them.
type unsorted struct {
	fs.FS
	dir string
}

// ReadDir implements fs.ReadDirFS.
func (u unsorted) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := os.Open(filepath.Join(u.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	s := err.Error()
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// listDirectory orders the databases of a directory as ClamAV loads them.
func listDirectory(fsys fs.FS, shown string, o *LoadOptions) ([]string, error) {
	newer := func(a, b string) bool {
		return containerVersion(fsys, a) > containerVersion(fsys, b)
	}
	names, err := sig.ListDirectory(fsys, ".", o.OfficialOnly, newer)
	var none *sig.ErrNoDatabase
	switch {
	case errors.As(err, &none):
		o.message(slog.LevelError, "cli_loaddbdir: No supported database files found in "+shown)
		return nil, &DatabaseError{Path: shown, Text: textOpen, Err: ErrNoDatabase}
	case err != nil:
		return nil, &DatabaseError{Path: shown, Text: textOpen, Err: err}
	}
	return names, nil
}

func containerVersion(fsys fs.FS, name string) int {
	f, err := fsys.Open(name)
	if err != nil {
		return -1
	}
	defer f.Close()
	head := make([]byte, cvd.HeaderSize)
	n, _ := io.ReadFull(f, head)
	h, err := cvd.ParseHeader(head[:n])
	if err != nil {
		return -1
	}
	return h.Version
}

func (o *LoadOptions) message(level slog.Level, text string) {
	if o.Message != nil {
		o.Message(level, text)
	}
	if o.Logger != nil {
		o.Logger.Log(context.Background(), level, text)
	}
}

// compiler feeds files through the loader into a builder.
type compiler struct {
	ctx     context.Context
	o       *LoadOptions
	b       *db.Builder
	l       *sig.Loader
	total   int
	tooOld  bool
	trust   *cvd.Trust
	trusted bool

	badRegex error // the first regular expression that does not compile
}

func newCompiler(ctx context.Context, o *LoadOptions) *compiler {
	b := db.NewBuilder()
	so := sig.Options{
		Level: FunctionalityLevel, PUA: sig.PUA{Enabled: o.PUA.Enabled, Include: o.PUA.Include, Exclude: o.PUA.Exclude},
		NoPhishing: o.NoPhishing, NoPhishURLs: o.NoPhishURLs, NoCerts: o.NoCertCheck, Message: o.message,
	}
	switch {
	case o.Bytecode.Disabled:
		so.Bytecode = sig.BytecodeOff
	case o.Bytecode.Unsigned:
		so.Bytecode = sig.BytecodeUnsigned
	}
	c := &compiler{ctx: ctx, o: o, b: b, l: sig.NewLoader(so, b)}
	// Regular expressions are judged like the rest, but refused only when
	// everything is loaded, as ClamAV compiles them then.
	b.CheckRegex = func(re, flags string) error {
		if c.badRegex == nil {
			_, c.badRegex = match.CompileRegex([]byte(re), flags)
		}
		return nil
	}
	return c
}

// add loads one file.
func (c *compiler) add(f sourceFile) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	r, size, err := f.open()
	if err != nil {
		c.o.message(slog.LevelError, "cli_load(): Can't open file "+f.path)
		return &DatabaseError{Path: f.path, Text: textOpen, Signatures: c.total, Err: err}
	}
	defer r.Close()
	if kind := cvd.KindOf(f.name); kind != cvd.None {
		return c.addContainer(f, r, size, kind)
	}
	c.b.BeginSource(db.Source{Name: f.name, Path: f.path})
	n, err := c.l.Load(f.name, r, sig.Source{Path: f.path})
	if err != nil {
		return c.failed(f.path, err)
	}
	c.b.EndSource(n, nil)
	c.total += n
	return nil
}

// failed turns a loader's error into ours.
func (c *compiler) failed(p string, err error) error {
	var le *sig.LineError
	if errors.As(err, &le) {
		return &DatabaseError{Path: le.Path, Line: le.Line, Text: le.Text, Signatures: c.total, Err: errors.New(strings.Join(le.Chain, ": "))}
	}
	var de *DatabaseError
	if errors.As(err, &de) {
		return err
	}
	return &DatabaseError{Path: p, Text: textMalformed, Signatures: c.total, Err: err}
}

// addContainer verifies a container and loads its members.
func (c *compiler) addContainer(f sourceFile, r io.ReaderAt, size int64, kind cvd.Kind) error {
	c.b.BeginSource(db.Source{Name: f.name, Path: f.path})
	ro := cvd.ReadOptions{Verify: cvd.VerifyOptions{FIPS: c.o.FIPS, Trust: c.trustRoots()}}
	if h, err := cvd.ReadHeader(r); err == nil && f.fsys == nil && kind == cvd.CVD {
		ro.Verify.Detached = cvd.ReadSign(f.file, h.Version)
	}
	count := 0
	h, err := cvd.Read(r, size, kind, ro, func(m cvd.Member, mr io.Reader) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		src := sig.Source{Path: f.path + ":" + m.Name, Official: kind != cvd.CUD, InContainer: true}
		n, err := c.l.Load(m.Name, mr, src)
		count += n
		return err
	})
	if err != nil {
		return c.containerFailed(f, err)
	}
	c.b.EndSource(count, func(s *db.Source) {
		s.Version, s.Built, s.Level, s.Official = h.Version, h.Created, h.Level, kind != cvd.CUD
	})
	c.total += count
	c.judgeAge(f, h)
	return nil
}

func (c *compiler) trustRoots() *cvd.Trust {
	if !c.trusted && c.o.CertsDir != "" {
		c.trusted = true
		t, err := cvd.OpenTrust(c.o.CertsDir)
		if err != nil {
			c.o.message(slog.LevelWarn, err.Error())
		}
		c.trust = t
	}
	return c.trust
}

func (c *compiler) containerFailed(f sourceFile, err error) error {
	e := &DatabaseError{Path: f.path, Text: textMalformed, Signatures: c.total, Err: err}
	switch {
	case errors.Is(err, cvd.ErrSignature):
		e.Text, e.Err = textSignature, errors.Join(ErrBadSignature, err)
	case errors.Is(err, cvd.ErrNotCVD):
		e.Text = textNotCVD
	case errors.Is(err, cvd.ErrMalformed):
	default:
		return c.failed(f.path, err)
	}
	c.o.message(slog.LevelError, err.Error())
	c.o.message(slog.LevelError, "Can't load "+f.path+": "+e.Text)
	return e
}

// judgeAge gives ClamAV's banners about old, future and too new databases.
func (c *compiler) judgeAge(f sourceFile, h cvd.Header) {
	banner := func(lines ...string) {
		c.o.message(slog.LevelWarn, strings.Repeat("*", 50))
		for _, l := range lines {
			c.o.message(slog.LevelWarn, l)
		}
		c.o.message(slog.LevelWarn, strings.Repeat("*", 50))
	}
	if strings.Contains(f.path, "daily.") {
		c.b.SetDaily()
		age := time.Since(h.Created)
		if age > 7*24*time.Hour {
			banner("***  The virus database is older than 7 days!  ***", "***   Please update it as soon as possible.    ***")
		} else if age < -time.Hour {
			banner("***      Virus database timestamp in the future!   ***", "***  Please check the timezone and clock settings  ***")
		}
		if c.o.MaxAge > 0 && age > c.o.MaxAge {
			c.tooOld = true
		}
	}
	if h.Level > FunctionalityLevel {
		banner("***  This version of the ClamAV engine is outdated.             ***", "***   Read https://docs.clamav.net/manual/Installing.html       ***")
	}
}

// finish completes the database and returns its image.
func (c *compiler) finish(fingerprint string) ([]byte, error) {
	if c.tooOld {
		return nil, fmt.Errorf("engine: %w (limit %d days)", ErrTooOld, int(c.o.MaxAge/(24*time.Hour)))
	}
	if err := c.badRegex; err != nil {
		c.o.message(slog.LevelError, "cli_pcre_compile: PCRE2 compilation failed "+regexReason(err))
		c.o.message(slog.LevelError, "cli_pcre_build: failed to build pcre regex")
		return nil, &DatabaseError{Text: textInit, Signatures: c.total, Err: err}
	}
	if !c.l.HasMagic() {
		if err := sig.BuiltinMagic(c.b); err != nil {
			return nil, fmt.Errorf("engine: built-in file types: %w", err)
		}
	}
	return c.b.Finish(fingerprint)
}

// fsFiles lists the databases at the top of a file tree.
func fsFiles(fsys fs.FS, o *LoadOptions) ([]sourceFile, error) {
	names, err := listDirectory(fsys, ".", o)
	if err != nil {
		return nil, err
	}
	files := make([]sourceFile, 0, len(names))
	for _, n := range names {
		files = append(files, sourceFile{path: n, name: path.Base(n), fsys: fsys, file: n})
	}
	return files, nil
}

// regexReason words a compile error as ClamAV passes it on.
func regexReason(err error) string {
	return strings.TrimPrefix(err.Error(), "regex: ")
}
