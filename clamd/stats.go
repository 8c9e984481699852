package clamd

import (
	"fmt"
	"strings"
	"time"
)

// mib is the unit of memory in STATS.
const mib = 1 << 20

// stats returns the text of STATS, taken at one instant. Its last word END has no
// terminator yet. The asking command shows itself as a task, as in the reference,
// though it holds no worker.
func (s *Server) stats(now time.Time) string {
	var b strings.Builder
	b.WriteString("POOLS: 1\n\nSTATE: VALID PRIMARY\n")
	s.pool.snapshot(&b, now)
	var used, total int64
	if s.Memory != nil {
		used, total = s.Memory()
	}
	fmt.Fprintf(&b, "\nMEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A pools 1 pools_used %.3fM pools_total %.3fM\nEND",
		float64(used)/mib, float64(total)/mib)
	return b.String()
}

// snapshot writes the lines about workers, queues and tasks.
func (p *pool) snapshot(b *strings.Builder, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(b, "THREADS: live %d  idle %d max %d idle-timeout %d\n",
		min(p.live+1, p.max), len(p.idle), p.max, int(p.timeout/time.Second))
	fmt.Fprintf(b, "QUEUE: %d items", len(p.queues[0])+len(p.queues[1]))
	for _, q := range p.queues {
		if len(q) == 0 {
			continue
		}
		low, high, sum := now.Sub(q[0].queued), time.Duration(0), time.Duration(0)
		for _, t := range q {
			w := now.Sub(t.queued)
			low, high, sum = min(low, w), max(high, w), sum+w
		}
		fmt.Fprintf(b, " min_wait: %.6f max_wait: %.6f avg_wait: %.6f",
			low.Seconds(), high.Seconds(), (sum / time.Duration(len(q))).Seconds())
	}
	b.WriteString("\n")
	for t := range p.running {
		fmt.Fprintf(b, "\t%s %.6f %s\n", t.word, now.Sub(t.start).Seconds(), oneLine(t.name))
	}
	fmt.Fprintf(b, "\tSTATS %.6f \n", time.Since(now).Seconds())
}

// oneLine keeps a file name with line breaks from forging lines.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\x00") {
		return s
	}
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\x00", `\0`).Replace(s)
}
