package main

import (
	"bufio"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // the hash of certificate rules
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gclam/engine/inspect"
	"gclam/internal/logfmt"
)

// maxImage is the size in bytes of an image file that is hashed.
const maxImage = 256 << 20

// sectionHashes prints the hashes of the sections of Windows executables, on
// stderr and with the prefix of debug messages, as the reference does.
func (t *tool) sectionHashes() int {
	return t.executables(func(r io.ReaderAt, size int64) error {
		hs, err := inspect.SectionHashes(r, size)
		for i, h := range hs {
			if h.Size == 0 {
				t.libDebug(fmt.Sprintf("Section{%d}: section contains no data", i))
				continue
			}
			t.libDebug(fmt.Sprintf("Section{%d}: %d:%s", i, h.Size, h.Sum))
		}
		return err
	})
}

// importHash prints the hash of the imports of Windows executables.
func (t *tool) importHash() int {
	return t.executables(func(r io.ReaderAt, size int64) error {
		h, ok, err := inspect.ImportHash(r, size)
		switch {
		case ok:
			t.libDebug(fmt.Sprintf("Imphash: %s:%d", h.Sum, h.Size))
		case err == nil:
			t.libDebug("Imphash: failed to generate hash for import table (22)")
		}
		return err
	})
}

// libDebug prints a debug message as the reference's library does.
func (t *tool) libDebug(text string) {
	_, _ = t.in.Err.Write([]byte("LibClamAV debug: " + text + "\n"))
}

var errEmpty = errors.New("empty file")

// executables calls fn for each file on the command line. What is no executable is
// told, and no failure (observed: sigtool 1.4.6).
func (t *tool) executables(fn func(r io.ReaderAt, size int64) error) int {
	if len(t.in.Args) == 0 {
		t.in.Errorf("hashsig: Can't generate requested hash for input stream")
		return 1
	}
	for _, path := range t.in.Args {
		err := withFile(path, func(r io.ReaderAt, size int64) error {
			if size == 0 {
				return errEmpty
			}
			return fn(r, size)
		})
		switch {
		case errors.Is(err, inspect.ErrNotPE):
			t.in.Errorf("hashpe: Not a valid PE file!")
		case errors.Is(err, errEmpty):
			t.in.Errorf("hashpe: Can't create fmap for open file")
			t.in.Errorf("hashsig: Can't generate hash for %s", path)
			return 1
		case err != nil:
			fmt.Fprintf(t.in.Err, "hashsig: %s\n", logfmt.Reason(err))
			t.in.Errorf("hashsig: Can't access file %s", path)
			return 1
		}
	}
	return 0
}

// withFile calls fn with an open file and its size.
func withFile(path string, fn func(r io.ReaderAt, size int64) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return fn(f, st.Size())
}

// imageHash prints the perceptual hashes of images.
func (t *tool) imageHash() int {
	if len(t.in.Args) == 0 {
		fmt.Fprint(t.in.Err, "ERROR: You must provide one or more files to generate a hash.")
		return 1
	}
	code := 0
	for _, path := range t.in.Args {
		b, err := readLimited(path, maxImage)
		if err != nil {
			t.in.Errorf("%s: Can't open file: %s", path, logfmt.Reason(err))
			code = 1
			continue
		}
		h, err := inspect.ImageHash(b)
		if err != nil {
			t.in.Errorf("%s: Failed to calculate image fuzzy hash: Failed to load image: The image format could not be determined", path)
			code = 1
			continue
		}
		fmt.Fprintf(t.in.Out, "%s: %s\n", filepath.Base(path), h)
	}
	return code
}

// htmlNormalise writes the normal forms of a page into the current directory.
func (t *tool) htmlNormalise() int {
	path := t.in.Values.String("html-normalise")
	err := withFile(path, func(r io.ReaderAt, size int64) error {
		if size == 0 {
			t.in.Errorf("fmap failed")
			return nil
		}
		p, err := inspect.NormalizeHTML(t.ctx, r, size)
		if err != nil {
			return err
		}
		files := []struct {
			name string
			data []byte
		}{{"nocomment.html", p.NoComment}, {"notags.html", p.NoTags}, {"javascript", p.Scripts}}
		for _, f := range files {
			if f.data == nil {
				continue
			}
			if err := os.WriteFile(f.name, f.data, 0o600); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.in.Errorf("htmlnorm: Can't open file %s", path)
		return 1
	}
	return 0
}

// asciiNormalise writes the normal form of a text to normalised_text.
func (t *tool) asciiNormalise() int {
	path := t.in.Values.String("ascii-normalise")
	err := withFile(path, func(r io.ReaderAt, size int64) error {
		if size == 0 {
			return errEmpty
		}
		b, err := inspect.NormalizeText(t.ctx, r, size)
		if err != nil {
			return err
		}
		return os.WriteFile("normalised_text", b, 0o600)
	})
	switch {
	case errors.Is(err, errEmpty):
		t.in.Errorf("fmap: Could not map %s", path)
		return 1
	case err != nil:
		t.in.Errorf("asciinorm: Can't open file %s", path)
		return 1
	}
	return 0
}

// utf16Decode writes FILE.ascii, a byte for each pair of bytes.
func (t *tool) utf16Decode() int {
	path := t.in.Values.String("utf16-decode")
	in, err := os.Open(path)
	if err != nil {
		t.in.Errorf("utf16decode: Can't open file %s", path)
		return 1
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(path+".ascii", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		t.in.Errorf("utf16decode: Can't create file %s", path+".ascii")
		return 1
	}
	err = narrow(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.in.Errorf("utf16decode: %v", err)
		return 1
	}
	return 0
}

// narrow makes one byte of two, the first plus sixteen times the second: so does
// sigtool 1.4.6, which is right for the ASCII characters of little-endian text
// only. A last single byte is dropped.
func narrow(w io.Writer, r io.Reader) error {
	br, bw := bufio.NewReader(r), bufio.NewWriter(w)
	for {
		var pair [2]byte
		if _, err := io.ReadFull(br, pair[:]); err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return bw.Flush()
			}
			return err
		}
		if err := bw.WriteByte(pair[0] + pair[1]<<4); err != nil {
			return err
		}
	}
}

// macros would print the macros of a document; their decoder is not part of the
// public engine yet.
func (t *tool) macros() int {
	t.in.Errorf("--vba and --vba-hex are not supported")
	return 1
}

// printCerts prints the certificates of a Windows executable in the words of
// certificate rules: SHA-1 of names and serial numbers, RSA moduli, validity in
// seconds since 1970.
func (t *tool) printCerts() int {
	path := t.in.Values.String("print-certs")
	err := withFile(path, func(r io.ReaderAt, size int64) error {
		certs, err := inspect.Certificates(r, size)
		for _, c := range slices.Backward(certs) { // as the reference lists them
			t.printCert(c)
		}
		return err
	})
	switch {
	case errors.Is(err, inspect.ErrNotPE):
		t.in.Errorf("dumpcerts: An error occurred when parsing the file")
	case err != nil:
		t.in.Errorf("dumpcerts: Can't open file %s!", path)
		return 1
	}
	return 0
}

func (t *tool) printCert(c *x509.Certificate) {
	subject, issuer, serial := inner(c.RawSubject), inner(c.RawIssuer), c.SerialNumber.Bytes()
	t.libDebug("cert:")
	t.libDebug(fmt.Sprintf("  subject: %x", sha1.Sum(subject))) //nolint:gosec // the rules' hash
	t.libDebug(fmt.Sprintf("  serial: %x", sha1.Sum(serial)))   //nolint:gosec // as above
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok {
		t.libDebug(fmt.Sprintf("  pubkey: %X", k.N))
	}
	uses := ""
	if slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageCodeSigning) {
		uses += "code "
	}
	if slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageTimeStamping) {
		uses += "time "
	}
	if c.IsCA {
		uses += "cert "
	}
	t.libDebug(fmt.Sprintf("  i: %x %d->%d %s", sha1.Sum(issuer), c.NotBefore.Unix(), c.NotAfter.Unix(), uses)) //nolint:gosec // as above
	t.libDebug("  ==============RAW==============")
	t.libDebug(fmt.Sprintf("  raw_subject: %x", subject[:min(len(subject), maxRawName)]))
	t.libDebug("  raw_serial: " + strings.ReplaceAll(fmt.Sprintf("% x", serial), " ", ":"))
	t.libDebug(fmt.Sprintf("  raw_issuer: %x", issuer[:min(len(issuer), maxRawName)]))
}

// maxRawName is how many bytes of a name are shown.
const maxRawName = 63

// inner is the contents of a DER element, which is what certificate rules hash.
func inner(der []byte) []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		return nil
	}
	return v.Bytes
}
