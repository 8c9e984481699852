package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"gclam/engine"
	"gclam/internal/cli"
	"gclam/internal/logfmt"
)

// jsonReport writes one JSON object a line (--json): one for each file, and one with
// the summary. Methods do nothing on nil.
type jsonReport struct {
	w     io.Writer
	quiet bool
	// infectedOnly and suppressOK leave objects out as they do lines.
	infectedOnly, suppressOK bool
}

// jsonFile is the object of one file.
type jsonFile struct {
	Path    string      `json:"path"`
	RawPath string      `json:"path_base64,omitempty"` // of paths that are no UTF-8
	Verdict string      `json:"verdict"`               // clean, infected, error, skipped
	Alerts  []jsonAlert `json:"alerts,omitempty"`
	Reason  string      `json:"reason,omitempty"` // of error and skipped
	Type    string      `json:"type,omitempty"`
	Scanned int64       `json:"scanned_bytes,omitempty"`
	Objects int         `json:"objects,omitempty"`
	Limits  []jsonLimit `json:"limits,omitempty"`
	Facts   []jsonFact  `json:"facts,omitempty"`
}

// jsonAlert is one signature that matched.
type jsonAlert struct {
	Name     string   `json:"name"`
	Database string   `json:"database,omitempty"`
	Path     []string `json:"path,omitempty"`
	Offset   int64    `json:"offset"` // -1 if there is none
	MD5      string   `json:"md5,omitempty"`
	Size     int64    `json:"size,omitempty"`
}

// jsonLimit is one limit that was reached.
type jsonLimit struct {
	Name string   `json:"name"`
	Path []string `json:"path,omitempty"`
}

// jsonFact is one observation, such as an encrypted member.
type jsonFact struct {
	What   string   `json:"what"`
	Path   []string `json:"path,omitempty"`
	Detail string   `json:"detail,omitempty"`
}

func (j *jsonReport) write(v any) {
	if j == nil || j.quiet {
		return
	}
	if b, err := json.Marshal(v); err == nil {
		_, _ = j.w.Write(append(b, '\n'))
	}
}

func newJSONFile(path, verdict string) jsonFile {
	f := jsonFile{Path: path, Verdict: verdict}
	if !utf8.ValidString(path) {
		f.RawPath = base64.StdEncoding.EncodeToString([]byte(path))
	}
	return f
}

func (j *jsonReport) skip(path, reason string) {
	if j == nil || j.infectedOnly {
		return
	}
	f := newJSONFile(path, "skipped")
	f.Reason = reason
	j.write(f)
}

func (j *jsonReport) fail(path, reason string) {
	f := newJSONFile(path, "error")
	f.Reason = reason
	j.write(f)
}

func (j *jsonReport) result(path string, res engine.Result, err error) {
	if j == nil || j.suppressOK && err == nil && !res.Infected() {
		return
	}
	f := newJSONFile(path, res.Verdict.String())
	if err != nil {
		f.Reason = logfmt.Reason(err)
		if !res.Infected() {
			f.Verdict = "error"
		}
	}
	f.Type, f.Scanned, f.Objects = res.Type, res.Scanned, res.Objects
	for _, m := range res.Matches {
		f.Alerts = append(f.Alerts, jsonAlert{m.Name, m.Database, m.Path, m.Offset, m.MD5, m.Size})
	}
	for _, l := range res.Limits {
		f.Limits = append(f.Limits, jsonLimit{l.Name, l.Path})
	}
	for _, x := range res.Facts {
		f.Facts = append(f.Facts, jsonFact{x.What, x.Path, x.Detail})
	}
	j.write(f)
}

func (j *jsonReport) summary(a *app, known int, end time.Time) {
	type summary struct {
		Signatures  int     `json:"known_viruses"`
		Version     string  `json:"engine_version"`
		Directories int     `json:"scanned_directories"`
		Files       int     `json:"scanned_files"`
		Infected    int     `json:"infected_files"`
		Errors      int     `json:"errors"`
		Scanned     int64   `json:"scanned_bytes"`
		Read        int64   `json:"read_bytes"`
		Seconds     float64 `json:"seconds"`
	}
	c := a.count
	j.write(map[string]summary{"summary": {
		known, cli.Compatibility, c.dirs, c.files, c.infected, c.errors,
		c.scanned, c.read, end.Sub(a.start).Seconds(),
	}})
}
