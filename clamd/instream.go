package clamd

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// chunkHeader is the size of a chunk's length in INSTREAM: four bytes, big endian.
const chunkHeader = 4

// streamBlock is the size of one read of stream data.
const streamBlock = 64 << 10

// streamBuffers holds blocks for connections that receive a stream.
var streamBuffers = sync.Pool{New: func() any { return new([streamBlock]byte) }}

// received is an object that has arrived in full.
type received struct {
	reply string // its name in the reply: "stream", "fd[10]"
	obj   Object
	done  func() // releases it; called once
	err   error  // it cannot be scanned
}

// receiveStream reads the chunks of INSTREAM. It answers what goes wrong itself;
// a stream that is cut short is not scanned.
func (c *conn) receiveStream(r replier) (received, bool) {
	sp := newSpool(c.srv)
	dec := chunkDecoder{limit: c.srv.StreamMaxLength, sink: sp}
	for {
		used, done, err := dec.feed(c.bytes())
		if used > 0 {
			c.consume(used)
		}
		if err != nil {
			sp.discard()
			c.refuseStream(r, err)
			return received{}, false
		}
		if done {
			return sp.object("instream(" + c.peerName() + ")"), true
		}
		if ok := c.streamBlock(&dec); !ok {
			sp.discard()
			return received{}, false
		}
	}
}

// streamBlock receives once, never beyond the end of the stream, and feeds dec
// until the received bytes are used.
func (c *conn) streamBlock(dec *chunkDecoder) bool {
	if c.eof || !c.waitReadable(time.Now().Add(c.srv.ReadTimeout)) {
		return false
	}
	if dec.wants() <= MaxCommand {
		return c.fillSome(int(dec.wants()))
	}
	block := streamBuffers.Get().(*[streamBlock]byte)
	defer streamBuffers.Put(block)
	n, err := c.receive(block[:min(dec.wants(), streamBlock)])
	// A failure or the end is kept in dec and comes back from the next feed.
	dec.feed(block[:n])
	return c.readOK(n, err)
}

// fillSome receives at most want bytes into the command buffer.
func (c *conn) fillSome(want int) bool {
	if c.buf == nil {
		c.buf, c.n = bufferPool.Get().(*[MaxCommand]byte), 0
	}
	n, err := c.receive(c.buf[c.n:min(c.n+want, MaxCommand)])
	c.n += n
	if c.n == 0 {
		c.release()
	}
	return c.readOK(n, err)
}

// streamTooLong reports a chunk that would exceed StreamMaxLength.
type streamTooLong struct{ requested, left int64 }

// Error implements error.
func (e *streamTooLong) Error() string {
	return fmt.Sprintf("INSTREAM: Size limit reached, (requested: %d, max: %d)", e.requested, e.left)
}

// refuseStream answers a stream that is too long or cannot be stored. The client
// is still writing: what it sends is drained for a moment, so that the answer is
// not lost in a reset.
func (c *conn) refuseStream(r replier, err error) {
	if tooLong, ok := err.(*streamTooLong); ok {
		c.srv.logf(LevelWarning, "%s", tooLong.Error())
		r.line("INSTREAM size limit exceeded. ERROR")
	} else {
		c.srv.logf(LevelError, "INSTREAM: Can't write to temporary file.")
		r.line("Error writing to temporary file ERROR")
	}
	c.eof = true
	c.drain()
}

// Bounds of drain.
const (
	drainTime  = 500 * time.Millisecond
	drainBytes = 16 << 20
)

// drain ends the server's half of the connection and drops input for a moment.
func (c *conn) drain() {
	half, ok := c.nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	c.setReadDeadline(time.Now().Add(drainTime))
	block := streamBuffers.Get().(*[streamBlock]byte)
	defer streamBuffers.Put(block)
	for total := 0; total < drainBytes; {
		n, err := c.nc.Read(block[:])
		if err != nil {
			return
		}
		total += n
	}
}

// chunkDecoder takes INSTREAM's chunks apart. It keeps nothing of the data.
type chunkDecoder struct {
	limit int64 // bytes of the whole stream; negative: none
	sink  io.Writer

	head   [chunkHeader]byte
	have   int   // bytes of head
	remain int64 // of the current chunk
	total  int64 // bytes announced so far
	ended  bool
	failed error
}

// wants returns how many bytes can be read without going beyond the stream's end:
// a chunk is always followed by a length.
func (d *chunkDecoder) wants() int64 {
	return d.remain + int64(chunkHeader-d.have)
}

// feed decodes b. It returns the bytes used and whether the stream has ended; the
// error is a *streamTooLong or of the sink.
func (d *chunkDecoder) feed(b []byte) (used int, done bool, err error) {
	for used < len(b) && !d.ended && d.failed == nil {
		if d.remain > 0 {
			n := int(min(d.remain, int64(len(b)-used)))
			_, d.failed = d.sink.Write(b[used : used+n])
			used += n
			d.remain -= int64(n)
			continue
		}
		n := copy(d.head[d.have:], b[used:])
		d.have += n
		used += n
		if d.have == chunkHeader {
			d.header()
		}
	}
	return used, d.ended, d.failed
}

// header begins the chunk whose length has been received.
func (d *chunkDecoder) header() {
	d.have = 0
	length, left := int64(binary.BigEndian.Uint32(d.head[:])), d.limit-d.total
	switch {
	case length == 0:
		d.ended = true
	case d.limit >= 0 && length > left:
		d.failed = &streamTooLong{length, left}
	default:
		d.remain = length
		d.total += length
	}
}

// spool stores a stream: in memory while it is small and the server's budget for
// waiting streams lasts, else in a temporary file without a name.
type spool struct {
	srv     *Server
	mem     []byte
	charged int64 // bytes of Server.streamMem held
	file    *os.File
}

func newSpool(s *Server) *spool { return &spool{srv: s} }

// Write stores p.
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && !s.fits(len(p)) {
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	if s.file != nil {
		return s.file.Write(p)
	}
	s.mem = append(s.mem, p...)
	return len(p), nil
}

// fits tells whether n more bytes may be held in memory, and charges for them. The
// capacity is grown here, because that is what is charged.
func (s *spool) fits(n int) bool {
	need := len(s.mem) + n
	if int64(need) > s.srv.StreamSpoolAbove {
		return false
	}
	if need <= cap(s.mem) {
		return true
	}
	grown := max(need, 2*cap(s.mem), 4096)
	more := int64(grown - cap(s.mem))
	if s.srv.streamMem.Add(more) > s.srv.StreamMemory {
		s.srv.streamMem.Add(-more)
		return false
	}
	s.charged += more
	s.mem = append(make([]byte, 0, grown), s.mem...)
	return true
}

// toFile moves what is stored to a temporary file. The file loses its name at
// once, so that nothing is left behind whatever happens.
func (s *spool) toFile() error {
	f, err := os.CreateTemp(s.srv.TempDir, "clamav-*.tmp")
	if err != nil {
		return err
	}
	if !s.srv.KeepTemp {
		unlinkOpen(f)
	}
	s.file = f
	_, err = f.Write(s.mem)
	s.releaseMemory()
	return err
}

// releaseMemory gives the memory back to the budget.
func (s *spool) releaseMemory() {
	s.srv.streamMem.Add(-s.charged)
	s.charged, s.mem = 0, nil
}

// discard drops the stream.
func (s *spool) discard() {
	s.releaseMemory()
	if s.file != nil {
		_ = s.file.Close()
		if !s.srv.KeepTemp {
			_ = os.Remove(s.file.Name())
		}
		s.file = nil
	}
}

// object hands the finished stream over.
func (s *spool) object(name string) received {
	return received{
		reply: "stream",
		obj:   Object{Name: name, Data: s.mem, File: s.file},
		done:  s.discard,
	}
}
