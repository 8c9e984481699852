package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"gclam/engine/internal/db"
	"gclam/engine/internal/walk"
)

// Compatibility is the ClamAV version this engine claims to scripts and clients.
const Compatibility = "1.4.6"

// FunctionalityLevel is the engine level compared with levels in signatures.
const FunctionalityLevel = 216

// Version is our own version, never shown where scripts read.
const Version = "0.1.0"

// DatabaseInfo describes one loaded database.
type DatabaseInfo struct {
	Name       string    // "daily.cvd", "local.ndb"
	Path       string    // where it was read
	Version    int       // container version; 0 for loose files
	BuildTime  time.Time // container creation time; zero for loose files
	Signatures int       // signatures taken from it
	Level      int       // functionality level it asks for; 0 for loose files
	Official   bool      // signed by the vendor
}

// Engine is a loaded database. All methods may be called concurrently.
type Engine struct {
	walker *walk.Walker
	db     *db.DB
	refs   refCount
}

// Load reads every database file in dir (.cvd, .cld, .cud and loose signature
// files), or the single database file that the path names, checks signed ones,
// and compiles them. With LoadOptions.Cache the compiled form is kept on disk
// and later loads only map it.
//
// The error wraps ErrNoDatabase, ErrBadSignature, ErrTooOld or *DatabaseError
// (file, line).
func Load(ctx context.Context, dir string, o LoadOptions) (*Engine, error) {
	return LoadPaths(ctx, []string{dir}, o)
}

// LoadPaths is Load over several files and directories, in order.
func LoadPaths(ctx context.Context, paths []string, o LoadOptions) (*Engine, error) {
	var files []sourceFile
	for _, p := range paths {
		f, err := find(p, &o)
		if err != nil {
			return nil, err
		}
		files = append(files, f...)
	}
	return load(ctx, files, &o)
}

// LoadFS is Load over any file tree, for tests and embedded databases.
func LoadFS(ctx context.Context, fsys fs.FS, o LoadOptions) (*Engine, error) {
	files, err := fsFiles(fsys, &o)
	if err != nil {
		return nil, err
	}
	o.Cache = "" // a file tree has no identity that a cache could rely on
	return load(ctx, files, &o)
}

// LoadEmbedded loads the built-in database, which holds the EICAR test
// signature and nothing else.
func LoadEmbedded(ctx context.Context, o LoadOptions) (*Engine, error) {
	o.Cache = ""
	return load(ctx, embeddedFiles(), &o)
}

// load maps a compiled form or compiles the files.
func load(ctx context.Context, files []sourceFile, o *LoadOptions) (*Engine, error) {
	sum := ""
	if o.Cache != "" {
		s, size, err := fingerprint(files, o)
		if err == nil && size >= cacheThreshold {
			sum = s
			if d := openCached(sum, o); d != nil {
				if err := checkAge(d, o); err != nil {
					return nil, errors.Join(err, d.Close())
				}
				return newEngine(d, o), nil
			}
		}
	}
	c := newCompiler(ctx, o)
	for i, f := range files {
		if o.Progress != nil {
			o.Progress("load", i, len(files))
		}
		if err := c.add(f); err != nil {
			return nil, err
		}
	}
	if o.Progress != nil {
		o.Progress("load", len(files), len(files))
		o.Progress("compile", 0, 1)
	}
	image, err := c.finish(sum)
	if err != nil {
		return nil, err
	}
	if o.Progress != nil {
		o.Progress("compile", 1, 1)
	}
	return openImage(image, sum, o)
}

// openImage keeps a fresh image in the cache, if there is one, and maps it from
// there, so that its pages are shared; otherwise it is used from memory.
func openImage(image []byte, sum string, o *LoadOptions) (*Engine, error) {
	if sum != "" {
		if err := storeCached(sum, image, o); err != nil {
			o.log(slog.LevelWarn, "compiled database not kept", "reason", err)
		} else if d := openCached(sum, o); d != nil {
			return newEngine(d, o), nil
		}
	}
	d, err := db.Open(image)
	if err != nil {
		return nil, err
	}
	return newEngine(d, o), nil
}

// checkAge repeats the age rule for databases that were compiled earlier.
func checkAge(d *db.DB, o *LoadOptions) error {
	m := d.Meta()
	if o.MaxAge <= 0 || m.DailyIndex < 0 || m.DailyIndex >= len(m.Sources) {
		return nil
	}
	if time.Since(m.Sources[m.DailyIndex].Built) > o.MaxAge {
		return fmt.Errorf("engine: %w (limit %d days)", ErrTooOld, int(o.MaxAge/(24*time.Hour)))
	}
	return nil
}

func newEngine(d *db.DB, o *LoadOptions) *Engine {
	e := &Engine{db: d, walker: walk.New(d)}
	if text := unsupportedText(d.Meta().Unsupported); text != "" {
		o.message(slog.LevelWarn, text)
	}
	e.refs.init(func() { _ = d.Close() })
	return e
}

// unsupportedText names what was loaded but is not evaluated, in one line.
func unsupportedText(kinds map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		parts = append(parts, fmt.Sprintf("%d %s", kinds[k], k))
	}
	if parts == nil {
		return ""
	}
	return "loaded, but not evaluated yet: " + strings.Join(parts, ", ")
}

// NewScanner returns a scanner with the given options. The error is o.Validate's;
// the zero Options never fail. Scanners are cheap to make, but meant to be kept.
func (e *Engine) NewScanner(o Options) (*Scanner, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return newScanner(e, o), nil
}

// Databases lists what was loaded: name, version, build time, signature count.
func (e *Engine) Databases() []DatabaseInfo {
	out := make([]DatabaseInfo, 0, len(e.db.Meta().Sources))
	for _, s := range e.db.Meta().Sources {
		out = append(out, DatabaseInfo{
			Name: s.Name, Path: s.Path, Version: s.Version, BuildTime: s.Built,
			Signatures: s.Signatures, Level: s.Level, Official: s.Official,
		})
	}
	return out
}

// Signatures returns the number of loaded signatures, as clamscan prints it.
func (e *Engine) Signatures() int { return e.db.Meta().Signatures }

// Daily returns version and creation time of the loaded daily database, as
// VERSION replies show them; ok is false when none was loaded.
func (e *Engine) Daily() (version int, built time.Time, ok bool) {
	m := e.db.Meta()
	if m.DailyIndex < 0 || m.DailyIndex >= len(m.Sources) {
		return 0, time.Time{}, false
	}
	s := m.Sources[m.DailyIndex]
	return s.Version, s.Built, true
}

// Unsupported counts signatures that were loaded but are not evaluated yet, by kind.
func (e *Engine) Unsupported() map[string]int { return maps.Clone(e.db.Meta().Unsupported) }

// MemoryUsage returns heap bytes and mapped bytes held by the database.
func (e *Engine) MemoryUsage() (heap, mapped int64) {
	n, isMapped := e.db.Size()
	if isMapped {
		return 0, n
	}
	return n, 0
}

// Close releases the database after running scans have ended. It does not wait
// for them; scans begun after it fail with ErrClosed.
func (e *Engine) Close() error {
	e.refs.close()
	return nil
}
