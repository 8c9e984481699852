package inspect

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // the hash of .mdb and .imp signatures
	"encoding/hex"
	"errors"
	"io"
	"slices"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/exe/pe"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/match/fuzzyimg"
	"gclam/engine/internal/normal/html"
	"gclam/engine/internal/normal/text"
)

// ErrNotPE tells that a file is no Windows executable that ClamAV would read.
var ErrNotPE = errors.New("not a PE file")

// Hash is a hash with the number of bytes it covers, which is part of a signature.
type Hash struct {
	Sum  string // lower-case hexadecimal
	Size int64  // bytes
}

// SectionHashes returns the MD5 of each section of a PE file, as .mdb signatures
// compare it, in the order of their data in the file. Sections without data have
// size 0 and no hash. The error is ErrNotPE or of r.
func SectionHashes(r io.ReaderAt, size int64) ([]Hash, error) {
	v := input.ReaderAt(r, size)
	f, err := pe.Parse(v, pe.Options{})
	if err != nil || f.Broken {
		return nil, peError(err)
	}
	out := make([]Hash, 0, len(f.Sections))
	sections := slices.Clone(f.Sections)
	slices.SortStableFunc(sections, func(a, b exe.Section) int { return cmp.Compare(a.Raw, b.Raw) })
	for _, s := range sections {
		h := Hash{Size: s.RawSize}
		if s.RawSize > 0 {
			sum := md5.New() //nolint:gosec // as above
			if _, err := io.Copy(sum, v.Section(s.Raw, s.RawSize).Reader()); err != nil {
				return out, err
			}
			h.Sum = hex.EncodeToString(sum.Sum(nil))
		}
		out = append(out, h)
	}
	return out, nil
}

// ImportHash returns the MD5 of a PE file's imports, as .imp signatures compare it;
// ok is false for a file without any. The error is ErrNotPE or of r.
func ImportHash(r io.ReaderAt, size int64) (h Hash, ok bool, err error) {
	f, err := pe.Parse(input.ReaderAt(r, size), pe.Options{Imports: true, Imports64: true})
	if err != nil || f.Broken {
		return Hash{}, false, peError(err)
	}
	if !f.HasImports {
		return Hash{}, false, nil
	}
	sum := md5.Sum([]byte(f.Imports)) //nolint:gosec // as above
	return Hash{hex.EncodeToString(sum[:]), int64(len(f.Imports))}, true, nil
}

func peError(err error) error {
	if err == nil || errors.Is(err, pe.ErrNotPE) {
		return ErrNotPE
	}
	return err
}

// ErrNotImage tells that bytes are no image that has a perceptual hash.
var ErrNotImage = errors.New("not a usable image")

// ImageHash returns the perceptual hash of an image file as fuzzy_img
// subsignatures write it. The error is ErrNotImage.
func ImageHash(file []byte) (string, error) {
	h, err := fuzzyimg.Compute(file)
	if err != nil {
		return "", ErrNotImage
	}
	return hex.EncodeToString(h[:]), nil
}

// Page are the normal forms of an HTML page that signatures of target 3 are
// matched with.
type Page struct {
	NoComment, NoTags []byte
	Scripts           []byte // nil if there is none
}

// NormalizeHTML makes the normal forms of a page of any size that fits in memory.
// The error is of r or the context.
func NormalizeHTML(ctx context.Context, r io.ReaderAt, size int64) (Page, error) {
	v, err := html.Normalize(ctx, input.ReaderAt(r, size), unlimited(), html.Options{NoTags: true})
	return Page{v.NoComment, v.NoTags, v.Scripts}, err
}

// NormalizeText makes the normal form of a text that signatures of target 7 are
// matched with. The error is of r or the context.
func NormalizeText(ctx context.Context, r io.ReaderAt, size int64) ([]byte, error) {
	return text.Stream(ctx, input.ReaderAt(r, size), unlimited(), 0)
}

// unlimited is a budget without limits: these functions work on one file that
// their caller named.
func unlimited() *limit.Budget { return limit.New(limit.Limits{}, nil) }
