package html

import (
	"bytes"
	"encoding/base64"
)

// styleImages returns the images, or whatever else, that style sheets carry in
// url(data:...) values encoded in base64, decoded.
func styleImages(css []byte) [][]byte {
	var out [][]byte
	for len(out) < maxObjects {
		i := bytes.Index(css, []byte("url("))
		if i < 0 {
			break
		}
		css = bytes.TrimLeft(css[i+len("url("):], " \t\r\n\"'")
		if !bytes.HasPrefix(css, []byte("data:")) {
			continue
		}
		end := bytes.IndexAny(css, ")\"'")
		if end < 0 {
			break
		}
		uri := css[:end]
		css = css[end:]
		_, body, ok := bytes.Cut(uri, []byte(";base64,"))
		if img := decodeBase64(body); ok && len(img) > 0 {
			out = append(out, img)
		}
	}
	return out
}

// decodeBase64 decodes as far as the text is valid, skipping white space.
func decodeBase64(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	for _, c := range b {
		if !isSpace(c) && c != '=' {
			clean = append(clean, c)
		}
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean)
	return out[:n]
}
