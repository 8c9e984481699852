package format_test

import (
	"io"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

type parts struct {
	data  []string
	facts []format.Fact
}

func (p *parts) Child(_ format.Meta, r io.Reader) error {
	b, err := io.ReadAll(r)
	p.data = append(p.data, string(b))
	return err
}

func (p *parts) Fact(f format.Fact, _ int64) { p.facts = append(p.facts, f) }

func TestPartitionsAreHandedOverOnceAndClipped(t *testing.T) {
	t.Parallel()
	var p parts
	list := []format.Partition{{"a", 0, 4}, {"again", 0, 4}, {"cut", 8, 100}, {"outside", 10, 5}, {"empty", 2, 0}, {"b", 2, 3}}
	if err := format.Partitions(input.Bytes([]byte("0123456789")), limit.New(limit.Limits{}, nil), &p, list); err != nil {
		t.Fatal(err)
	}
	if len(p.data) != 3 || p.data[0] != "0123" || p.data[1] != "89" || p.data[2] != "234" {
		t.Errorf("got %q", p.data)
	}
	if len(p.facts) != 1 || p.facts[0] != format.Truncated {
		t.Errorf("facts %v", p.facts)
	}
}

func TestNoMorePartitionsThanTheLimit(t *testing.T) {
	t.Parallel()
	var p parts
	var hit limit.Kind
	b := limit.New(limit.Limits{Parts: 2}, func(k limit.Kind) { hit = k })
	list := []format.Partition{{"", 0, 1}, {"", 1, 1}, {"", 2, 1}}
	if err := format.Partitions(input.Bytes([]byte("0123456789")), b, &p, list); err != nil {
		t.Fatal(err)
	}
	if len(p.data) != 2 || hit != limit.Partitions {
		t.Errorf("%d partitions, limit %v", len(p.data), hit)
	}
}

func TestIntersectingPartitionsAreSeen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		list []format.Partition
		want int64
	}{
		{"neighbours", []format.Partition{{"", 10, 10}, {"", 0, 10}}, -1},
		{"one byte shared", []format.Partition{{"", 9, 10}, {"", 0, 10}}, 9},
		{"one inside another, with one between", []format.Partition{{"", 0, 100}, {"", 5, 0}, {"", 50, 10}}, 50},
		{"a partition within a long one before the last", []format.Partition{{"", 0, 100}, {"", 100, 5}, {"", 99, 1}}, 99},
		{"none", nil, -1},
	} {
		if got := format.Intersecting(c.list); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
