package cab

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/input"
)

const (
	headerSize  = 36
	folderSize  = 8
	fileSize    = 16
	dataSize    = 8
	flagPrev    = 1
	flagNext    = 2
	flagReserve = 4
	maxString   = 1024

	fromPrev     = 0xfffd
	toNext       = 0xfffe
	prevAndNext  = 0xffff
	attrNameUTF8 = 0x80
)

// header is the cabinet header.
type header struct {
	files      int64 // offset of the file list
	nFolders   int
	nFiles     int
	folders    int64 // offset of the folder list
	folderLen  int64 // of an entry
	dataExtra  int64 // reserved bytes in each data block header
	continued  bool
	goesOn     bool
	totalBytes int64
}

func parseHeader(in input.View) (header, bool, error) {
	w, err := in.Window(0, headerSize+4)
	if err != nil || len(w) < headerSize || !bytes.HasPrefix(w, []byte("MSCF")) {
		return header{}, false, err
	}
	le := binary.LittleEndian
	flags := le.Uint16(w[30:])
	h := header{
		files: int64(le.Uint32(w[16:])), nFolders: int(le.Uint16(w[26:])), nFiles: int(le.Uint16(w[28:])),
		folders: headerSize, folderLen: folderSize,
		continued: flags&flagPrev != 0, goesOn: flags&flagNext != 0,
		totalBytes: int64(le.Uint32(w[8:])),
	}
	if flags&flagReserve != 0 {
		if len(w) < headerSize+4 {
			return header{}, false, nil
		}
		h.folders += 4 + int64(le.Uint16(w[36:]))
		h.folderLen += int64(w[38])
		h.dataExtra = int64(w[39])
	}
	n := 0
	if h.continued {
		n += 2
	}
	if h.goesOn {
		n += 2
	}
	for range n {
		s, err := in.Window(h.folders, maxString)
		if err != nil {
			return header{}, false, err
		}
		i := bytes.IndexByte(s, 0)
		if i < 0 {
			return header{}, false, nil
		}
		h.folders += int64(i) + 1
	}
	return h, true, nil
}

// folder is a run of data blocks with one compression.
type folder struct {
	data   int64 // offset of the first block
	blocks int
	method uint16
}

// file is an entry of the file list.
type file struct {
	name   string
	size   int64
	off    int64 // in the folder's output
	folder int
	pos    int
}

// folderAt reads entry i of the folder list.
func (h *header) folderAt(in input.View, i int) (folder, bool, error) {
	w, err := in.Window(h.folders+int64(i)*h.folderLen, folderSize)
	if err != nil || len(w) < folderSize {
		return folder{}, false, err
	}
	le := binary.LittleEndian
	return folder{int64(le.Uint32(w)), int(le.Uint16(w[4:])), le.Uint16(w[6:])}, true, nil
}

// readFiles reads the file list as far as it exists.
func (h *header) readFiles(in input.View) ([]file, error) {
	var list []file
	off := h.files
	le := binary.LittleEndian
	for pos := range h.nFiles {
		w, err := in.Window(off, fileSize+maxString)
		if err != nil {
			return list, err
		}
		if len(w) <= fileSize {
			break
		}
		i := bytes.IndexByte(w[fileSize:], 0)
		if i < 0 {
			break
		}
		f := file{
			name: string(w[fileSize : fileSize+i]), size: int64(le.Uint32(w)),
			off: int64(le.Uint32(w[4:])), folder: int(le.Uint16(w[8:])), pos: pos,
		}
		switch f.folder {
		case fromPrev, prevAndNext:
			f.folder = -1
			if h.nFolders == 1 && !h.continued {
				f.folder = 0
			}
		case toNext:
			f.folder = h.nFolders - 1
		}
		list = append(list, f)
		off += fileSize + int64(i) + 1
	}
	return list, nil
}
