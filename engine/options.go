package engine

import (
	"fmt"
	"log/slog"
	"time"

	"gclam/engine/internal/heuristic"
	"gclam/engine/internal/limit"
)

// LoadOptions says which signatures to take. The zero value takes what clamscan
// takes by default.
type LoadOptions struct {
	Cache        string         // Optional: directory for the compiled form; "" compiles in memory
	PUA          PUAPolicy      // potentially unwanted applications (DetectPUA, IncludePUA, ExcludePUA)
	OfficialOnly bool           // refuse unsigned databases in directories (OfficialDatabaseOnly)
	Bytecode     BytecodePolicy // bytecode databases (Bytecode, BytecodeUnsigned)
	MaxAge       time.Duration  // Optional: refuse when daily/main are older (FailIfCvdOlderThan); 0 accepts any age
	NoPhishing   bool           // leave out phishing body signatures (PhishingSignatures no)
	NoPhishURLs  bool           // leave out URL databases (PhishingScanURLs no)
	NoCertCheck  bool           // leave out certificate rules (DisableCertCheck)
	CertsDir     string         // Optional: trusted roots of detached database signatures (CVDCertsDirectory)
	FIPS         bool           // refuse MD5 based database signatures (FIPSCryptoHashLimits)

	// Message receives the loader's warnings and errors in ClamAV's words, without
	// a prefix: "cli_load: unknown extension - skipping x". nil drops them.
	Message func(level slog.Level, text string)
	// Progress is told about long work: stage "load" counts signatures, stage
	// "compile" counts tasks. It may be nil.
	Progress func(stage string, done, total int)
	Logger   *slog.Logger // nil discards
}

// PUAPolicy selects signatures of potentially unwanted applications.
type PUAPolicy struct {
	Enabled bool     // load them at all
	Include []string // only these categories; empty means all
	Exclude []string // all but these; Include and Exclude exclude each other
}

// BytecodePolicy selects bytecode signatures.
type BytecodePolicy struct {
	Disabled bool // leave out all bytecode (Bytecode no)
	Unsigned bool // take bytecode outside of signed containers (BytecodeUnsigned)
	Paranoid bool // BytecodeSecurity Paranoid
	Timeout  time.Duration
}

// Options configures scans. The zero value equals clamscan's defaults.
type Options struct {
	Limits         Limits
	Parse          Parse      // which container and document kinds to open; zero opens all
	Heuristics     Heuristics // alerts on encryption, macros, broken executables, phishing …
	AllMatches     bool       // collect every match instead of stopping at the first
	SpoolThreshold int64      // Optional: bytes kept in memory by ScanReader before a temporary file is used; 0 means 64 MiB
	TempDir        string     // Optional: default os.TempDir()
	KeepTemp       bool       // leave temporary files (LeaveTemporaryFiles)
	Observer       Observer   // nil for none
	Logger         *slog.Logger
}

// Limits bounds one scan. A zero field means ClamAV's default, a negative one no limit.
type Limits struct {
	ScanSize           int64         // bytes produced and scanned in all (MaxScanSize, 400 MiB)
	FileSize           int64         // bytes of one object (MaxFileSize, 100 MiB; never above 2 GiB)
	Depth              int           // nesting (MaxRecursion, 17)
	Files              int           // objects in all (MaxFiles, 10000)
	Time               time.Duration // wall time of one scan (MaxScanTime, 120 s)
	Memory             int64         // decoder working memory in bytes (own addition, 256 MiB)
	EmbeddedPE         int64         // bytes (MaxEmbeddedPE, 40 MiB)
	HTMLNormalize      int64         // bytes (MaxHTMLNormalize, 40 MiB)
	HTMLNoTags         int64         // bytes (MaxHTMLNoTags, 8 MiB)
	ScriptNormalize    int64         // bytes (MaxScriptNormalize, 20 MiB)
	ZipTypeRecognition int64         // bytes (MaxZipTypeRcg, 1 MiB)
	Partitions         int           // (MaxPartitions, 50)
	IconsPE            int           // (MaxIconsPE, 100)
	RecursionHWP3      int           // (MaxRecHWP3, 16)
	PCREMatch          int           // steps (PCREMatchLimit, 100000)
	PCRERecursion      int           // depth (PCRERecMatchLimit, 2000)
	PCREFileSize       int64         // bytes (PCREMaxFileSize, 100 MiB)
}

// Parse switches off container and document kinds. The zero value opens all.
type Parse struct {
	NoArchive      bool // ScanArchive no
	NoMail         bool // ScanMail no
	NoPE           bool // ScanPE no
	NoELF          bool // ScanELF no
	NoOLE2         bool // ScanOLE2 no
	NoPDF          bool // ScanPDF no
	NoSWF          bool // ScanSWF no
	NoHTML         bool // ScanHTML no
	NoXMLDocs      bool // ScanXMLDOCS no
	NoHWP3         bool // ScanHWP3 no
	NoOneNote      bool // ScanOneNote no
	NoImage        bool // ScanImage no
	NoImageHash    bool // ScanImageFuzzyHash no
	NoNormalize    bool // clamscan --normalize=no
	PartialMessage bool // ScanPartialMessages yes: reassemble message/partial
}

// Heuristics selects the alerts that do not come from signatures.
type Heuristics struct {
	Off                   bool // HeuristicAlerts no
	Precedence            bool // HeuristicScanPrecedence yes: a heuristic alert ends the scan
	BrokenExecutables     bool // AlertBrokenExecutables
	BrokenMedia           bool // AlertBrokenMedia
	EncryptedArchive      bool // AlertEncryptedArchive, AlertEncrypted
	EncryptedDoc          bool // AlertEncryptedDoc, AlertEncrypted
	Macros                bool // AlertOLE2Macros
	ExceedsMax            bool // AlertExceedsMax
	PhishingSSL           bool // AlertPhishingSSLMismatch
	PhishingCloak         bool // AlertPhishingCloak
	PartitionIntersection bool // AlertPartitionIntersection

	Structured         bool // StructuredDataDetection
	StructuredCCCount  int  // StructuredMinCreditCardCount; 0 means 3
	StructuredSSNCount int  // StructuredMinSSNCount; 0 means 3
	StructuredCCOnly   bool // StructuredCCOnly: real credit cards only
	SSNNormalOff       bool // StructuredSSNFormatNormal no
	SSNStripped        bool // StructuredSSNFormatStripped yes
}

// structured returns what structured data to look for, nil for none.
func (h *Heuristics) structured() *heuristic.Structured {
	if !h.Structured {
		return nil
	}
	return &heuristic.Structured{
		Cards: pick(h.StructuredCCCount, 3), SSNs: pick(h.StructuredSSNCount, 3), CreditOnly: h.StructuredCCOnly,
		Normal: !h.SSNNormalOff, Stripped: h.SSNStripped,
	}
}

// Validate reports the first field that makes no sense.
func (o Options) Validate() error {
	if o.Limits.Depth > 100 {
		return fmt.Errorf("engine: MaxRecursion %d is above 100", o.Limits.Depth)
	}
	if o.SpoolThreshold < 0 {
		return fmt.Errorf("engine: negative SpoolThreshold %d", o.SpoolThreshold)
	}
	return nil
}

const (
	mib        = 1 << 20
	hardMaxObj = 1<<31 - 1 // ClamAV never scans a single file of 2 GiB or more
)

// resolve replaces zero fields by ClamAV's defaults and negative ones by 0,
// which means "no limit" below.
func (l Limits) resolve() limit.Limits {
	return limit.Limits{
		ScanSize: pick(l.ScanSize, 400*mib), FileSize: capObject(pick(l.FileSize, 100*mib)),
		Depth: max(pick(l.Depth, 17), 1), Files: pick(l.Files, 10000), Time: pick(l.Time, 120*time.Second),
		Memory: pick(l.Memory, 256*mib), EmbedPE: pick(l.EmbeddedPE, 40*mib), HTML: pick(l.HTMLNormalize, 40*mib),
		HTMLTags: pick(l.HTMLNoTags, 8*mib), Script: pick(l.ScriptNormalize, 20*mib), ZipType: pick(l.ZipTypeRecognition, mib),
		Parts: pick(l.Partitions, 50), IconsPE: pick(l.IconsPE, 100), RecHWP3: pick(l.RecursionHWP3, 16),
		PCRESteps: pick(l.PCREMatch, 100000), PCREDepth: pick(l.PCRERecursion, 2000), PCRESize: pick(l.PCREFileSize, 100*mib),
	}
}

func pick[T ~int | ~int64](v, def T) T {
	if v == 0 {
		return def
	}
	return max(v, 0)
}

func capObject(v int64) int64 {
	if v <= 0 || v > hardMaxObj {
		return hardMaxObj
	}
	return v
}
