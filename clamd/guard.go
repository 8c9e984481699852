package clamd

import (
	"context"
	"runtime/debug"
	"time"
)

// abandonAfter is how long a scan may go on after it was told to end.
const abandonAfter = 500 * time.Millisecond

// scanAnswer is what a Scanner returned.
type scanAnswer struct {
	res Result
	err error
}

// callScanner calls the scanner with a deadline. A scan that does not end soon after
// it is left behind and answered with an error, so that a fault in the engine costs
// processor time but no worker. At most MaxThreads are left behind at a time; then
// workers wait, and the load stays bounded.
func (s *Server) callScanner(ctx context.Context, o Object) (Result, error) {
	if s.ScanTimeout <= 0 {
		return s.scanContained(ctx, o)
	}
	ctx, cancel := context.WithTimeout(ctx, s.ScanTimeout)
	defer cancel()
	done := make(chan scanAnswer, 1)
	go func() {
		res, err := s.scanContained(ctx, o)
		done <- scanAnswer{res, err}
	}()
	select {
	case a := <-done:
		return a.res, a.err
	case <-ctx.Done():
	}
	late := time.NewTimer(abandonAfter)
	defer late.Stop()
	select {
	case a := <-done:
		return a.res, a.err
	case <-late.C:
	}
	if s.abandoned.Add(1) > int64(s.MaxThreads) {
		s.abandoned.Add(-1)
		a := <-done
		return a.res, a.err
	}
	s.logf(LevelError, "%s: the scan does not end and is left behind", o.Name)
	go func() {
		<-done
		s.abandoned.Add(-1)
	}()
	return Result{}, errTimeout
}

// scanContained turns a panic of the scanner into an error: the object is then
// answered with ERROR, never with OK.
func (s *Server) scanContained(ctx context.Context, o Object) (res Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.panicked("scan of "+o.Name, v, debug.Stack())
			res, err = Result{}, &ScanError{Text: "Internal error"}
		}
	}()
	return s.Scanner.Scan(ctx, o)
}
