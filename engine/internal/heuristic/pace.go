package heuristic

// Continue tells whether the scan may go on: false when its time is over. nil
// means that it always may.
type Continue func() bool

// pace asks a Continue every so many steps.
type pace struct {
	ask   Continue
	steps uint32
	over  bool // the answer was no
}

// paceEvery is how many steps pass between two questions. A step looks at a few
// bytes, at most.
const paceEvery = 1 << 12

// on counts a step and tells whether to go on. Once the answer was no it stays no.
func (p *pace) on() bool {
	if p.steps++; p.ask != nil && p.steps%paceEvery == 0 && !p.ask() {
		p.over = true
	}
	return !p.over
}
