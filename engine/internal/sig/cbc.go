package sig

import (
	"errors"
	"io"
	"strings"
)

// Kinds of bytecode programs (bytecode.md 5).
const (
	BytecodeGeneric  = 0   // cannot be loaded
	BytecodeStartup  = 1   // once, before scanning; at most one
	BytecodeLogical  = 256 // when its trigger matches
	BytecodeLastHook = 262 // 257..262: hooks of parsers
)

// Limits of bytecode programs.
const (
	maxBytecodeFile  = 64 << 20 // bytes
	maxBytecodeName  = 4096     // bytes of a string in the header
	bytecodeMagic    = 0x53e5493e9f3d1c30
	lastBytecodeAPI  = 107
	lastEngineGlobal = 0x8005
)

// bytecodeHeader is the first line of a program, as far as loading needs it.
type bytecodeHeader struct {
	format, kind, minLevel, maxLevel uint64
}

// loadBytecode reads the header and the trigger of a program. What follows is
// judged by Options.CheckBytecode.
func loadBytecode(f *file, r io.Reader) error {
	src, err := readAll(r, maxBytecodeFile)
	if err != nil {
		return err
	}
	err = f.bytecodeProgram(src)
	if errors.Is(err, errSkip) {
		return nil
	}
	return err
}

func (f *file) bytecodeProgram(src []byte) error {
	if len(src) == 0 {
		f.errorf("Unable to load bytecode (empty file)")
		return f.badBytecode()
	}
	header, rest, _ := strings.Cut(string(src), "\n")
	h, reason := parseBytecodeHeader(header)
	if reason != "" {
		f.errorf("%s%sError at bytecode line 0", reason, errorPrefix)
		return f.badBytecode()
	}
	if h.format != 6 && h.format != 7 {
		return errSkip
	}
	level := uint64(max(f.opt.Level, 0))
	if h.minLevel > level || h.maxLevel != 0 && h.maxLevel < level {
		return errSkip
	}
	trigger, rest, _ := strings.Cut(rest, "\n")
	if beyondEngine(rest) {
		return errSkip
	}
	if f.opt.CheckBytecode != nil {
		if lines := f.opt.CheckBytecode(src); len(lines) > 0 {
			for _, line := range lines {
				f.errorf("%s", line)
			}
			return f.badBytecode()
		}
	}
	return f.addBytecode(src, h, strings.TrimSuffix(trigger, "\r"))
}

func (f *file) badBytecode() error {
	f.errorf("Unable to load %s bytecode: %s", f.name, string(errMalformed))
	return errMalformed
}

// addBytecode judges the kind and hands over the program and its trigger.
func (f *file) addBytecode(src []byte, h bytecodeHeader, trigger string) error {
	b := Bytecode{Name: f.name, Source: src, Signed: f.src.Official, Kind: h.kind, Trigger: strings.Contains(trigger, ";")}
	switch {
	case h.kind == BytecodeLogical && !b.Trigger:
		f.errorf("Bytecode %s has logical kind, but missing logical signature!", f.name)
		return errMalformed
	case h.kind == BytecodeStartup && f.startup:
		f.errorf("Can only load 1 BC_STARTUP bytecode, attempted to load 2nd!")
		return errMalformed
	case h.kind != BytecodeStartup && h.kind < BytecodeLogical, h.kind > BytecodeLastHook:
		f.errorf("Bytecode: unhandled bytecode kind %d", h.kind)
		return errMalformed
	}
	var l *Logical
	if b.Trigger {
		var err error
		if l, err = f.logical(trigger, f.bytecode); err != nil {
			var bad refusal
			if errors.As(err, &bad) {
				name, _, _ := strings.Cut(trigger, ";")
				f.errorf("Problem parsing logical signature %s for bytecode %s: %s", name, f.name, string(bad))
			}
			return err
		}
	}
	f.startup = f.startup || h.kind == BytecodeStartup
	f.bytecode++
	if err := f.sink.Bytecode(&b); err != nil {
		return err
	}
	if l == nil {
		return nil
	}
	f.count++
	return f.sink.Logical(l)
}

// parseBytecodeHeader reads the first line. Numbers are a length character
// 0x60+n and n digits 0x60..0x6f, least significant first.
func parseBytecodeHeader(line string) (h bytecodeHeader, reason string) {
	rest, ok := strings.CutPrefix(line, "ClamBC")
	if !ok {
		return h, "Missing file magic in bytecode"
	}
	d := bytecodeText{rest: rest}
	h.format = d.number()
	d.number() // time stamp
	d.data()   // author
	d.number() // excluded targets
	h.kind = d.number()
	h.minLevel = d.number()
	h.maxLevel = d.number()
	d.number() // resources
	d.data()   // compiler
	d.number() // types
	d.number() // functions
	magic := d.number()
	switch {
	case h.format != 0 && h.format != 6 && h.format != 7:
		return h, "" // skipped, whatever its header says
	case d.bad || magic != bytecodeMagic:
		return h, "Invalid bytecode header"
	}
	return h, ""
}

// beyondEngine tells whether a program asks for API functions or globals of a
// newer engine: the lines E and G begin with the highest number used.
func beyondEngine(text string) bool {
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" {
			continue
		}
		d := bytecodeText{rest: line[1:]}
		switch line[0] {
		case 'T':
		case 'E':
			if n := d.number(); !d.bad && n > lastBytecodeAPI {
				return true
			}
		case 'G':
			n := d.number()
			return !d.bad && n > lastEngineGlobal
		default:
			return false
		}
	}
	return false
}

// bytecodeText decodes the primitives of a program's text.
type bytecodeText struct {
	rest string
	bad  bool
}

func (d *bytecodeText) digit() uint64 {
	if d.rest == "" || d.rest[0] < 0x60 || d.rest[0] > 0x6f {
		d.bad = true
		return 0
	}
	c := d.rest[0]
	d.rest = d.rest[1:]
	return uint64(c - 0x60)
}

func (d *bytecodeText) number() uint64 {
	if d.rest == "" || d.rest[0] < 0x60 || d.rest[0] > 0x70 {
		d.bad = true
		return 0
	}
	n := int(d.rest[0] - 0x60)
	d.rest = d.rest[1:]
	v := uint64(0)
	for i := 0; i < n && !d.bad; i++ {
		v |= d.digit() << (4 * i)
	}
	return v
}

// data skips |, a length and that many bytes of two digits each.
func (d *bytecodeText) data() {
	if !strings.HasPrefix(d.rest, "|") {
		d.bad = true
		return
	}
	d.rest = d.rest[1:]
	n := d.number()
	if d.bad || n > maxBytecodeName || int(n)*2 > len(d.rest) {
		d.bad = true
		return
	}
	d.rest = d.rest[2*n:]
}
