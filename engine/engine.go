package engine

import (
	"context"
	"errors"
	"io/fs"
	"time"
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
	return nil, errors.New("not yet")
}

// LoadFS is Load over any file tree, for tests and embedded databases.
func LoadFS(ctx context.Context, fsys fs.FS, o LoadOptions) (*Engine, error) {
	return nil, errors.New("not yet")
}

// LoadEmbedded loads the built-in database, which holds the EICAR test
// signature and nothing else.
func LoadEmbedded(ctx context.Context, o LoadOptions) (*Engine, error) {
	return nil, errors.New("not yet")
}

// NewScanner returns a scanner with the given options. The error is o.Validate's;
// the zero Options never fail. Scanners are cheap to make, but meant to be kept.
func (e *Engine) NewScanner(o Options) (*Scanner, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return &Scanner{}, nil
}

// Databases lists what was loaded: name, version, build time, signature count.
func (e *Engine) Databases() []DatabaseInfo { return nil }

// Signatures returns the number of loaded signatures, as clamscan prints it.
func (e *Engine) Signatures() int { return 0 }

// Daily returns version and creation time of the loaded daily database, as
// VERSION replies show them; ok is false when none was loaded.
func (e *Engine) Daily() (version int, built time.Time, ok bool) { return 0, time.Time{}, false }

// Unsupported counts signatures that were loaded but are not evaluated yet, by kind.
func (e *Engine) Unsupported() map[string]int { return nil }

// MemoryUsage returns heap bytes and mapped bytes held by the database.
func (e *Engine) MemoryUsage() (heap, mapped int64) { return 0, 0 }

// Close releases the database after running scans have ended.
func (e *Engine) Close() error { return nil }
