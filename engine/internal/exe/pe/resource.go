package pe

// Caps of the resource walk. The tree has three levels (type, name, language);
// a directory holds at most 65,535 + 65,535 entries and directories may share
// or contain each other, so the walk counts its steps.
const (
	resourceDirectory     = 2
	resourceHeaderSize    = 16
	resourceEntrySize     = 8
	resourceDataSize      = 16
	maxResourceSteps      = 1 << 16
	resourceSubdirectory  = 0x80000000
	resourceTypeVersion   = 0x10
	maxResourcesPerSearch = 4096
)

// resource is one leaf of the tree.
type resource struct {
	name, language uint32
	rva            uint32 // address of the data
	size           uint32
}

// resourceWalk walks the resource tree of a file with a budget of steps.
type resourceWalk struct {
	p     *parser
	root  uint32
	steps int
	found []resource
}

// resources lists the leaves of one type.
func (p *parser) resources(kind uint32) []resource {
	h := p.facts.Header
	dir := h.Directories[resourceDirectory]
	if h.NumberOfDirectories <= resourceDirectory || dir.Address == 0 {
		return nil
	}
	w := &resourceWalk{p: p, root: dir.Address, steps: maxResourceSteps}
	// Types are numbers: entries with a string for a name do not count here.
	w.each(0, numbersOnly, func(typ, at uint32) bool {
		if typ != kind || at&resourceSubdirectory == 0 {
			return true
		}
		return w.each(at&^resourceSubdirectory, allEntries, func(name, at uint32) bool {
			if at&resourceSubdirectory == 0 {
				return true
			}
			return w.each(at&^resourceSubdirectory, allEntries, func(language, at uint32) bool {
				return w.leaf(name, language, at)
			})
		})
	})
	return w.found
}

// Which entries of a resource directory to visit.
const (
	allEntries  = false
	numbersOnly = true
)

// each calls f for the entries of the directory at an offset from the root.
// It returns false when the walk must end.
func (w *resourceWalk) each(at uint32, numbers bool, f func(id, target uint32) bool) bool {
	head, ok := w.p.atRVA(w.root+at, resourceHeaderSize)
	if w.steps--; w.steps < 0 {
		return false
	}
	if !ok || len(head) < resourceHeaderSize {
		return true
	}
	named, n := int64(u16(head, 12)), int64(u16(head, 12))+int64(u16(head, 14))
	first := int64(0)
	if numbers {
		first = named
	}
	// One window an entry: a directory may claim a megabyte and be visited often.
	base, ok := w.p.facts.RawOffset(w.root+at, w.p.in.Size())
	for i := first; ok && i < n; i++ {
		b := w.p.window(base+resourceHeaderSize+i*resourceEntrySize, resourceEntrySize)
		if len(b) < resourceEntrySize {
			return true
		}
		if w.steps--; w.steps < 0 {
			return false
		}
		if !f(u32(b, 0), u32(b, 4)) {
			return false
		}
	}
	return true
}

// leaf records the data entry at an offset from the root.
func (w *resourceWalk) leaf(name, language, at uint32) bool {
	if at&resourceSubdirectory != 0 {
		return true
	}
	b, ok := w.p.atRVA(w.root+at, resourceDataSize)
	if !ok || len(b) < resourceDataSize {
		return true
	}
	w.found = append(w.found, resource{name: name, language: language, rva: u32(b, 0), size: u32(b, 4)})
	return len(w.found) < maxResourcesPerSearch
}
