package main

import (
	"context"
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"time"
)

// serveTXT answers every query with one TXT record (RFC 1035), on the address it
// returns.
func serveTXT(t *testing.T, text string) string {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = c.WriteTo(txtReply(b[:n], text), from)
		}
	}()
	return c.LocalAddr().String()
}

func txtReply(query []byte, text string) []byte {
	end := 12
	for end < len(query) && query[end] != 0 {
		end += int(query[end]) + 1
	}
	end = min(end+5, len(query)) // the root label, type and class
	out := append([]byte{}, query[:end]...)
	out[2], out[3] = 0x84, 0x00 // an authoritative answer
	binary.BigEndian.PutUint16(out[4:], 1)
	binary.BigEndian.PutUint16(out[6:], 1)
	clear(out[8:12])
	out = append(out, 0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60)
	out = binary.BigEndian.AppendUint16(out, uint16(len(text)+1))
	return append(append(out, byte(len(text))), text...)
}

func TestARecordIsAskedOfTheConfiguredNameServer(t *testing.T) {
	t.Parallel()
	const want = "1.4.6:62:27000:1700000000:1:90:49192:339"
	got, err := resolver(serveTXT(t, want)).LookupTXT(context.Background(), "current.cvd.clamav.net")
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestServersAreCompletedAndRewritten(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"db.us.clamav.net": officialServer, "https://db.de.clamav.net/": officialServer, "database.clamav.net": "https://database.clamav.net",
		"db.local.clamav.net": "https://db.local.clamav.net", "http://mirror.example/clam/": "http://mirror.example/clam", "db.us.example.net": "https://db.us.example.net",
	} {
		if got := rewriteCountry(withScheme(in, "https")); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]bool{"clamav.net": true, "https://x.ClamAV.net/y": true, "notclamav.net": false, "clamav.net.evil.example": false} {
		if isOfficial(in) != want {
			t.Errorf("%s official: %v", in, !want)
		}
	}
}

func TestProgressLooksLikeFreshclams(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		done, total int64
		want        string
	}{
		{512, 512, "Time:    0.0s, ETA:    0.0s [========================>]       512B/512B"},
		{9952, 9952, "Time:    0.0s, ETA:    0.0s [========================>]    9.72KiB/9.72KiB"},
	} {
		if got := progressLine(0, c.done, c.total); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if s := progressLine(time.Second, 1, 1<<30); !strings.Contains(s, "[>"+strings.Repeat(" ", 24)+"]") {
		t.Errorf("at the beginning: %q", s)
	}
}

func TestExitCodesInsteadOfCommands(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{"EXIT_42": 42, "EXIT_0": 0, "EXIT_256": -1, "EXIT_x": -1, "true": -1, "": -1} {
		n, ok := exitCode(in)
		if ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %d, %v", in, n, ok)
		}
	}
}

func TestTheLoadersOutputIsBounded(t *testing.T) {
	t.Parallel()
	var b limitedBuffer
	_, _ = b.Write([]byte("first\n"))
	for range 3000 {
		_, _ = b.Write([]byte(strings.Repeat("x", 1000) + "\n"))
	}
	_, _ = b.Write([]byte("last\n"))
	first, last := firstAndLast(b.Bytes())
	if b.Len() > maxLoadOutput || first != "first" || last != "last" {
		t.Errorf("%d bytes, %.10q, %.10q", b.Len(), first, last)
	}
}
