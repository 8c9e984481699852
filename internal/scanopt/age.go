package scanopt

import (
	"fmt"
	"time"

	"gclam/engine"
)

// CheckAge refuses databases whose newest container is older than limit, or that
// have none at all (--fail-if-cvd-older-than, FailIfCvdOlderThan). A limit of 0 or
// less accepts everything. The error wraps engine.ErrTooOld.
func CheckAge(dbs []engine.DatabaseInfo, limit time.Duration, now time.Time) error {
	if limit <= 0 {
		return nil
	}
	var newest time.Time
	for _, d := range dbs {
		if d.BuildTime.After(newest) {
			newest = d.BuildTime
		}
	}
	if now.Sub(newest) > limit {
		return fmt.Errorf("%w: newest is of %s", engine.ErrTooOld, newest.UTC().Format(time.RFC3339))
	}
	return nil
}
