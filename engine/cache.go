package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gclam/engine/internal/db"
)

// cacheThreshold is the size of the sources in bytes below which compiling is
// faster than looking for a compiled form.
const cacheThreshold = 1 << 20

// fingerprint identifies sources and everything that changes what is taken from
// them. Files count with name, size, modification time and inode-independent
// identity; the image itself carries checksums.
func fingerprint(files []sourceFile, o *LoadOptions) (sum string, size int64, err error) {
	type id struct {
		Path string
		Size int64
		Mod  int64
	}
	key := struct {
		Format, Level int
		Version       string
		Files         []id
		PUA           PUAPolicy
		Bytecode      BytecodePolicy
		Flags         [5]bool
		CertsDir      string
	}{
		Format: db.FormatVersion, Level: FunctionalityLevel, Version: Version, PUA: o.PUA, Bytecode: o.Bytecode,
		Flags: [5]bool{o.OfficialOnly, o.NoPhishing, o.NoPhishURLs, o.NoCertCheck, o.FIPS}, CertsDir: o.CertsDir,
	}
	for i := range files {
		st, err := files[i].stat()
		if err != nil {
			return "", 0, err
		}
		size += st.Size()
		key.Files = append(key.Files, id{files[i].path, st.Size(), st.ModTime().UnixNano()})
	}
	b, err := json.Marshal(key)
	if err != nil {
		return "", 0, err
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), size, nil
}

// cachePath is where the compiled form of a fingerprint is kept.
func cachePath(dir, sum string) string { return filepath.Join(dir, "gclam-"+sum[:32]+".img") }

// openCached maps the compiled form if there is a sound one. A damaged,
// truncated or foreign file is reported and not used.
func openCached(sum string, o *LoadOptions) *db.DB {
	p := cachePath(o.Cache, sum)
	if err := ownFile(p); err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			o.log(slog.LevelWarn, "compiled database not used", "path", p, "reason", err)
		}
		return nil
	}
	d, err := db.Map(p)
	if err != nil {
		o.log(slog.LevelWarn, "compiled database not used, compiling anew", "path", p, "reason", err)
		return nil
	}
	if d.Meta().Fingerprint != sum {
		_ = d.Close()
		o.log(slog.LevelWarn, "compiled database belongs to other sources, compiling anew", "path", p)
		return nil
	}
	return d
}

// storeCached writes the compiled form: to a temporary file, synced, renamed.
func storeCached(sum string, image []byte, o *LoadOptions) error {
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return err
	}
	if err := ownFile(o.Cache); err != nil {
		return err
	}
	f, err := os.CreateTemp(o.Cache, ".gclam-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(image)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), cachePath(o.Cache, sum))
	}
	if err != nil {
		return fmt.Errorf("engine: store compiled database: %w", err)
	}
	syncDir(o.Cache)
	pruneCache(o.Cache, sum)
	return nil
}

// keepImages is how many compiled forms stay in a cache directory.
const keepImages = 4

// abandoned is the age from which a temporary file is what a killed process left.
const abandoned = time.Hour

// pruneCache removes the oldest compiled forms, and what killed processes left.
// Processes that still map an image keep it.
func pruneCache(dir, sum string) {
	temps, _ := filepath.Glob(filepath.Join(dir, ".gclam-*.tmp"))
	for _, t := range temps {
		if st, err := os.Stat(t); err == nil && time.Since(st.ModTime()) > abandoned {
			_ = os.Remove(t)
		}
	}
	names, _ := filepath.Glob(filepath.Join(dir, "gclam-*.img"))
	for len(names) > keepImages {
		oldest := -1
		var when int64
		for i, n := range names {
			st, err := os.Stat(n)
			if err != nil || n == cachePath(dir, sum) {
				continue
			}
			if t := st.ModTime().UnixNano(); oldest < 0 || t < when {
				oldest, when = i, t
			}
		}
		if oldest < 0 {
			return
		}
		_ = os.Remove(names[oldest])
		names = append(names[:oldest], names[oldest+1:]...)
	}
}

func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

func (o *LoadOptions) log(level slog.Level, msg string, args ...any) {
	if o.Logger != nil {
		o.Logger.Log(context.Background(), level, msg, args...)
	}
}
