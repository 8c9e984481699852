//go:build unix

package e2e

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"path/filepath"
	"strings"
	"testing"
)

// randomTree writes files in which EICAR or a clean text stands under a few layers
// of containers, each chosen at random. GCLAM_SEED=n repeats a run.
func randomTree(t *testing.T) string {
	t.Helper()
	seed := uint64(envInt("GCLAM_SEED", int(rand.Uint32())))
	t.Logf("random tree: seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	dir := filepath.Join(workDir(t), "nested")
	for i := range 150 {
		data, path := []byte(eicar()), "eicar"
		if r.IntN(4) == 0 {
			data, path = []byte("The quick brown fox jumps over the lazy dog.\n"), "clean"
		}
		for range 1 + r.IntN(4) {
			layer := layers[r.IntN(len(layers))]
			data, path = layer.wrap(r, data), path+"."+layer.name
		}
		write(t, filepath.Join(dir, fmt.Sprint(i%7), fmt.Sprintf("%03d-%s", i, path)), string(data))
	}
	return dir
}

var layers = []struct {
	name string
	wrap func(*rand.Rand, []byte) []byte
}{
	{"gz", gzipped}, {"zip", zipped}, {"tar", tarred}, {"b64", attached("base64")}, {"qp", attached("quoted-printable")},
}

// Writes to a bytes.Buffer do not fail, so that these need no errors.

func gzipped(_ *rand.Rand, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// members are the contents of an archive: data, with neighbours.
func members(r *rand.Rand, data []byte) [][]byte {
	m := [][]byte{data}
	for range r.IntN(3) {
		m = append(m, []byte("a neighbour\n"))
	}
	r.Shuffle(len(m), func(i, j int) { m[i], m[j] = m[j], m[i] })
	return m
}

func zipped(r *rand.Rand, data []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, m := range members(r, data) {
		f, _ := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("m%d.bin", i), Method: [...]uint16{zip.Store, zip.Deflate}[r.IntN(2)]})
		_, _ = f.Write(m)
	}
	_ = w.Close()
	return b.Bytes()
}

func tarred(r *rand.Rand, data []byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, m := range members(r, data) {
		_ = w.WriteHeader(&tar.Header{Name: fmt.Sprintf("m%d.bin", i), Mode: 0o644, Size: int64(len(m))})
		_, _ = w.Write(m)
	}
	_ = w.Close()
	return b.Bytes()
}

// attached puts data into a mail message.
func attached(encoding string) func(*rand.Rand, []byte) []byte {
	return func(r *rand.Rand, data []byte) []byte {
		var body bytes.Buffer
		if encoding == "base64" {
			text := base64.StdEncoding.EncodeToString(data)
			for ; len(text) > 76; text = text[76:] {
				body.WriteString(text[:76] + "\n")
			}
			body.WriteString(text + "\n")
		} else {
			w := quotedprintable.NewWriter(&body)
			w.Binary = true
			_, _ = w.Write(data)
			_ = w.Close()
			body.WriteString("\n")
		}
		boundary := fmt.Sprintf("=_%08x", r.Uint32())
		return []byte(strings.ReplaceAll(fmt.Sprintf(`From: a@example.org
To: b@example.net
Subject: a message
Date: Wed, 28 Jan 2004 17:49:48 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="BOUNDARY"

--BOUNDARY
Content-Type: text/plain

See the attachment.

--BOUNDARY
Content-Type: application/octet-stream; name="a.bin"
Content-Transfer-Encoding: %s
Content-Disposition: attachment; filename="a.bin"

%s
--BOUNDARY--
`, encoding, body.String()), "BOUNDARY", boundary))
	}
}
