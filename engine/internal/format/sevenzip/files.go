package sevenzip

import "encoding/binary"

// subStreams reads how the output of each folder is divided into files.
func (c *cursor) subStreams(s *streams) {
	for i := range s.folders {
		s.folders[i].streams = 1
	}
	id := c.number()
	if id == idNumUnpack {
		for i := range s.folders {
			s.folders[i].streams = c.count()
		}
		id = c.number()
	}
	unknown := 0
	for i := range s.folders {
		f := &s.folders[i]
		left := f.size()
		for k := f.streams; k > 1 && !c.bad; k-- {
			n := left
			if id == idSize {
				n = min(c.size(), left)
			}
			s.sizes = append(s.sizes, n)
			left -= n
		}
		if f.streams > 0 {
			s.sizes = append(s.sizes, left)
		}
		if f.streams != 1 || !f.crc.ok {
			unknown += f.streams
		}
	}
	s.hasSizes = true
	if id == idSize {
		id = c.number()
	}
	var list []digest
	for ; id != idEnd && !c.bad; id = c.number() {
		if id != idCRC {
			c.bad = true
			return
		}
		list = c.digests(unknown)
	}
	s.assign(list)
}

// assign gives each file its CRC: the folder's where that has one file, else the
// next of the list.
func (s *streams) assign(list []digest) {
	for i := range s.folders {
		f := &s.folders[i]
		if f.streams == 1 && f.crc.ok {
			s.digests = append(s.digests, f.crc)
			continue
		}
		for range f.streams {
			d := digest{}
			if len(list) > 0 {
				d, list = list[0], list[1:]
			}
			s.digests = append(s.digests, d)
		}
	}
}

func (c *cursor) defaultSubStreams(s *streams) {
	for i := range s.folders {
		s.folders[i].streams = 1
		s.sizes = append(s.sizes, s.folders[i].size())
		s.digests = append(s.digests, s.folders[i].crc)
	}
	s.hasSizes = true
}

// file is one entry of the file list.
type file struct {
	name  []byte // UTF-16LE
	empty bool   // has no stream
	dir   bool
}

// name is the low byte of each character, as ClamAV has it.
func (f *file) narrow() string {
	b := make([]byte, 0, len(f.name)/2)
	for i := 0; i+1 < len(f.name); i += 2 {
		b = append(b, f.name[i])
	}
	return string(b)
}

func (c *cursor) filesInfo() []file {
	n := c.count()
	if c.bad {
		return nil
	}
	files := make([]file, n) // n is at most eight times the bytes left
	var empties []int
	for !c.bad {
		id := c.number()
		if id == idEnd {
			break
		}
		p := cursor{b: c.take(c.number())}
		switch id {
		case idEmptyStream:
			for i, e := range p.bits(n) {
				if e {
					files[i].empty, files[i].dir = true, true
					empties = append(empties, i)
				}
			}
		case idEmptyFile:
			for i, e := range p.bits(len(empties)) {
				files[empties[i]].dir = !e
			}
		case idNames:
			p.names(files)
		case idAttributes:
			p.attributes(files)
		}
	}
	return files
}

func (c *cursor) names(files []file) {
	if c.byte() != 0 {
		return
	}
	for i := range files {
		n := 0
		for n+1 < len(c.b) && binary.LittleEndian.Uint16(c.b[n:]) != 0 {
			n += 2
		}
		files[i].name = c.take(uint64(n))
		c.take(2)
	}
}

func (c *cursor) attributes(files []file) {
	defined := c.optionalBits(len(files))
	if c.byte() != 0 {
		return
	}
	for i, ok := range defined {
		if ok && c.u32()&attrDir != 0 && files[i].empty {
			files[i].dir = true
		}
	}
}
