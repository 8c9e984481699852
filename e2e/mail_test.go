//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The founding use: a queue filter of qmail-scanner's shape, run as qmail-smtpd
// runs it, asks gclamd through gclamdscan, which stands there as clamdscan. The
// filter, its caller and the queue program behind it are used as they are.

// mailWants reads the column want of EXPECTED.tsv.
func mailWants(t *testing.T, dir string) map[string]string {
	t.Helper()
	wants := map[string]string{}
	for line := range strings.Lines(read(t, filepath.Join(dir, "EXPECTED.tsv"))) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); !strings.HasPrefix(line, "#") && len(f) > 1 {
			wants[f[0]] = f[1]
		}
	}
	return wants
}

// queueFilter is the stand-in with its surroundings.
type queueFilter struct {
	cases, dir string
	env        []string // options for the driver
}

func newQueueFilter(t *testing.T, mode, action string) *queueFilter {
	t.Helper()
	f := &queueFilter{cases: sharedCases(t, "mail"), dir: workDir(t)}
	for _, p := range []string{"python3", "reformime", "tnef", "unzip"} {
		theirProgram(t, p)
	}
	s := startServer(t, ourProgram(t, "gclamd"))
	clamdscan := filepath.Join(f.dir, "bin", "clamdscan")
	copyFile(t, ourProgram(t, "gclamdscan"), clamdscan)
	for k, v := range map[string]string{
		"QS_SPOOL": f.spool(), "QS_CLAMDSCAN": clamdscan, "QS_CLAMDSCAN_OPTS": "--no-summary -c " + s.confs["unix"],
		"QS_QMAILQUEUE": filepath.Join(f.cases, "qq-sink.py"), "QQ_SINK": f.sink(), "QS_MODE": mode, "QS_ACTION": action,
	} {
		f.env = append(f.env, "--env="+k+"="+v)
	}
	return f
}

func (f *queueFilter) spool() string { return filepath.Join(f.dir, "spool") }
func (f *queueFilter) sink() string  { return filepath.Join(f.dir, "queue") }

// override changes a setting of the filter.
func (f *queueFilter) override(name, value string) { f.env = append(f.env, "--env="+name+"="+value) }

// send gives messages to the filter and returns the SMTP reply for each.
func (f *queueFilter) send(t *testing.T, files ...string) map[string]string {
	t.Helper()
	args := append([]string{filepath.Join(f.cases, "qq-drive.py")}, f.env...)
	args = append(args, filepath.Join(f.cases, "qq-standin.sh"))
	for _, n := range files {
		args = append(args, filepath.Join(f.cases, n))
	}
	r := run(t, nil, theirProgram(t, "python3"), args...)
	if r.exit != 0 {
		t.Fatalf("the driver failed: %v", r)
	}
	replies := map[string]string{}
	for line := range strings.Lines(r.stdout) {
		if w := strings.Fields(line); len(w) > 4 { // file, time, "ms", exit=N, code ...
			replies[w[0]] = w[4]
		}
	}
	return replies
}

func TestEveryMailGetsItsVerdictThroughAQueueFilter(t *testing.T) {
	for _, mode := range []string{"both", "raw"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			f := newQueueFilter(t, mode, "reject")
			wants := mailWants(t, f.cases)
			if len(wants) < 40 {
				t.Fatalf("only %d mails in EXPECTED.tsv", len(wants))
			}
			var files []string
			for n := range wants {
				files = append(files, n)
			}
			replies := f.send(t, files...)
			for n, want := range wants {
				code := map[string]string{"found": "554", "clean": "250", "policy": "250"}[want]
				if replies[n] != code {
					t.Errorf("%s: want %s, so a reply of %s, got %q", n, want, code, replies[n])
				}
			}
			if t.Failed() {
				t.Logf("log of the filter:\n%s", read(t, filepath.Join(f.spool(), "qq-standin.log")))
			}
		})
	}
}

func TestInfectedMailIsQuarantinedByNameAndCleanMailIsDelivered(t *testing.T) {
	f := newQueueFilter(t, "both", "quarantine")
	if got := f.send(t, "eicar-zip.eml"); got["eicar-zip.eml"] != "250" {
		t.Errorf("quarantined mail is answered with %v", got)
	}
	if log := read(t, filepath.Join(f.spool(), "qq-standin.log")); !strings.Contains(log, "virus=Eicar-Test-Signature.UNOFFICIAL ") && !strings.Contains(log, "virus=Win.Test.EICAR_HDB-1.UNOFFICIAL ") {
		t.Errorf("the filter did not read the name: %s", log)
	}
	if q, _ := filepath.Glob(filepath.Join(f.spool(), "quarantine", "new", "*")); len(q) != 1 {
		t.Errorf("quarantine holds %v", q)
	}
	if q, _ := os.ReadDir(f.sink()); len(q) != 0 {
		t.Errorf("infected mail reached the queue: %v", q)
	}
	if got := f.send(t, "clean-zip.eml"); got["clean-zip.eml"] != "250" {
		t.Errorf("clean mail is answered with %v", got)
	}
	header := fmt.Sprintf("X-QQ-Standin: (clamdscan: %s. Clear:RC:(192.0.2.5):.)\n", "1.4.6")
	if want := header + read(t, filepath.Join(f.cases, "clean-zip.eml")); read(t, filepath.Join(f.sink(), "0.msg")) != want {
		t.Errorf("delivered mail differs:\n%s", read(t, filepath.Join(f.sink(), "0.msg")))
	}
}

func TestMailIsDeferredWhileTheDaemonIsDown(t *testing.T) {
	f := newQueueFilter(t, "both", "reject")
	conf := filepath.Join(f.dir, "down.conf")
	write(t, conf, "LocalSocket "+filepath.Join(f.dir, "nothing")+"\n")
	f.override("QS_CLAMDSCAN_OPTS", "--no-summary -c "+conf)
	for n, reply := range f.send(t, "clean-plain.eml", "eicar-b64.eml") {
		if reply != "451" {
			t.Errorf("%s: reply %s, want 451", n, reply)
		}
	}
	if q, _ := os.ReadDir(f.sink()); len(q) != 0 {
		t.Errorf("mail reached the queue unscanned: %v", q)
	}
}

// Sites of 2004 ran qmail-smtpd under softlimit, found the smallest limit with
// which mail went through, and added a little.
func TestMailIsScannedUnderTheSoftlimitOfAMailServer(t *testing.T) {
	if !slices.Contains([]string{"linux/amd64", "linux/arm64"}, runtime.GOOS+"/"+runtime.GOARCH) {
		t.Skip("the client's own entry point exists for linux/amd64 and linux/arm64")
	}
	f := newQueueFilter(t, "both", "reject")
	f.override("QS_CLAMDSCAN", theirProgram(t, "softlimit")+" -m 40000000 "+filepath.Join(f.dir, "bin", "clamdscan"))
	got := f.send(t, "clean-plain.eml", "eicar-b64.eml")
	if got["clean-plain.eml"] != "250" || got["eicar-b64.eml"] != "554" {
		t.Errorf("replies: %v", got)
	}
}
