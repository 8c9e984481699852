package ole2

import (
	"strings"

	"gclam/engine/internal/codec/vba"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
)

// Caps of the search for modules.
const (
	maxText     = 64 << 20 // bytes of macro text of one file
	maxProjects = 64       // dir streams that are opened
)

// macroType is the type of macro text: signatures for documents are matched on it.
const macroType = "MSOLE2"

// projects decodes the VBA projects.
func (u *unpacker) projects() error {
	u.read = map[int]bool{}
	n := 0
	for i := range u.list {
		if e := &u.list[i]; !isStream(e) || !strings.EqualFold(e.name, "dir") {
			continue
		}
		if n++; n > maxProjects || u.macros >= maxText {
			u.out.Fact(format.Skipped, -1)
			return nil
		}
		if err := u.project(i); err != nil {
			return err
		}
	}
	return nil
}

// project decodes the project of one dir stream and hands it over as one text, then
// each module as it is stored.
func (u *unpacker) project(dir int) error {
	defer u.release()
	data, err := u.load(dir, maxLoad)
	if err != nil || len(data) == 0 {
		return err
	}
	storage := u.list[dir].storage
	p := vba.Open(data, func(name string) []byte {
		i, ok := u.lookup(storage, name)
		if !ok {
			return nil
		}
		b, loadErr := u.load(i, maxLoad)
		if loadErr != nil {
			err = loadErr
		}
		u.read[i] = true
		return b
	})
	if err != nil || p == nil {
		return err
	}
	if p.Damaged {
		u.out.Fact(format.Damaged, -1)
	}
	if len(p.Modules) == 0 {
		return nil
	}
	u.out.Fact(format.MacroVBA, -1)
	if err := u.text("vba_project", p.Text()); err != nil {
		return err
	}
	for i := range p.Modules {
		if err := u.text("vba/"+p.Modules[i].Name, p.Modules[i].Source); err != nil {
			return err
		}
	}
	return nil
}

// text hands over macro text.
func (u *unpacker) text(name string, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	u.macros += int64(len(text))
	m := format.Meta{Name: name, CompressedSize: -1, Size: int64(len(text)), Type: macroType, NoMeta: true}
	return u.out.Child(m, input.Bytes(text).Reader())
}

// carve searches a stream that no project names for modules.
func (u *unpacker) carve(i int, name string, data []byte) error {
	if u.read[i] {
		return nil
	}
	if u.macros >= maxText {
		return nil
	}
	return u.carved(name, data)
}

// carveFile searches a file without a directory.
func (u *unpacker) carveFile() error {
	data, err := u.f.in.Window(0, maxLoad)
	if err != nil {
		return err
	}
	return u.carved("file", data)
}

func (u *unpacker) carved(name string, data []byte) error {
	found := vba.Carve(data, int(maxText-u.macros))
	if len(found) > 0 {
		u.out.Fact(format.MacroVBA, -1)
	}
	for _, src := range found {
		if err := u.text("vba/"+name, src); err != nil {
			return err
		}
		if err := u.text("vba_project", vba.Normalize(src)); err != nil {
			return err
		}
	}
	return nil
}
