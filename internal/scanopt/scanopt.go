package scanopt

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"gclam/engine"
	"gclam/internal/config"
)

// MaxDepth is the deepest nesting the engine accepts. 1.4 takes larger values of
// MaxRecursion and 1.5 refuses them; here they count as MaxDepth.
const MaxDepth = 100

// Errors of combinations that ClamAV refuses; the texts are clamscan's.
var (
	ErrPUA       = errors.New("--exclude-pua and --include-pua cannot be used at the same time")
	ErrSSNFormat = errors.New("Invalid argument for --structured-ssn-format")
)

// Load returns the loader's options. Message, Progress and Logger are the caller's
// to fill in. The error is ErrPUA.
func Load(v *config.Values) (engine.LoadOptions, error) {
	o := engine.LoadOptions{
		Cache: cacheDir(v),
		PUA: engine.PUAPolicy{
			Enabled: v.Bool("DetectPUA"),
			Include: v.Strings("IncludePUA"),
			Exclude: v.Strings("ExcludePUA"),
		},
		OfficialOnly: v.Bool("OfficialDatabaseOnly"),
		Bytecode: engine.BytecodePolicy{
			Disabled: !v.Bool("Bytecode"),
			Unsigned: v.Bool("BytecodeUnsigned"),
			Paranoid: v.String("BytecodeSecurity") == "Paranoid",
			Timeout:  time.Duration(v.Int("BytecodeTimeout")) * time.Millisecond,
		},
		MaxAge:      time.Duration(v.Int("FailIfCvdOlderThan")) * 24 * time.Hour,
		NoPhishing:  !v.Bool("PhishingSignatures"),
		NoPhishURLs: !v.Bool("PhishingScanURLs"),
		NoCertCheck: v.Bool("DisableCertCheck"),
		CertsDir:    v.String("CVDCertsDirectory"),
		FIPS:        v.Bool("FIPSCryptoHashLimits"),
	}
	if o.PUA.Enabled && len(o.PUA.Include) > 0 && len(o.PUA.Exclude) > 0 {
		return o, ErrPUA
	}
	return o, nil
}

// cacheDir is the directory for compiled databases: as configured, else root's
// system directory, else the user's. It is "" (no cache) if there is no such place.
func cacheDir(v *config.Values) string {
	if d := v.String("CacheDirectory"); d != "" {
		return d
	}
	if runtime.GOOS != "windows" && os.Geteuid() == 0 {
		return "/var/cache/gclam"
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(d, "gclam")
}

// Scan returns the scanner's options. Observer and Logger are the caller's to fill
// in. The error is ErrSSNFormat.
func Scan(v *config.Values) (engine.Options, error) {
	o := engine.Options{
		Limits:     limits(v),
		Parse:      parse(v),
		Heuristics: heuristics(v),
		AllMatches: v.Bool("allmatch"),
		TempDir:    v.String("TemporaryDirectory"),
		KeepTemp:   v.Bool("LeaveTemporaryFiles") || v.Bool("leave-temps"),
	}
	if v.IsSet("structured-ssn-format") {
		switch v.Int("structured-ssn-format") {
		case 0:
			o.Heuristics.SSNNormalOff, o.Heuristics.SSNStripped = false, false
		case 1:
			o.Heuristics.SSNNormalOff, o.Heuristics.SSNStripped = true, true
		case 2:
			o.Heuristics.SSNNormalOff, o.Heuristics.SSNStripped = false, true
		default:
			if o.Heuristics.Structured {
				return o, ErrSSNFormat
			}
		}
	}
	return o, nil
}

func limits(v *config.Values) engine.Limits {
	l := engine.Limits{
		ScanSize:           size(v, "MaxScanSize"),
		FileSize:           size(v, "MaxFileSize"),
		Depth:              min(v.Int("MaxRecursion"), MaxDepth),
		Files:              v.Int("MaxFiles"),
		EmbeddedPE:         size(v, "MaxEmbeddedPE"),
		HTMLNormalize:      size(v, "MaxHTMLNormalize"),
		HTMLNoTags:         size(v, "MaxHTMLNoTags"),
		ScriptNormalize:    size(v, "MaxScriptNormalize"),
		ZipTypeRecognition: size(v, "MaxZipTypeRcg"),
		Partitions:         v.Int("MaxPartitions"),
		IconsPE:            v.Int("MaxIconsPE"),
		RecursionHWP3:      v.Int("MaxRecHWP3"),
		PCREMatch:          v.Int("PCREMatchLimit"),
		PCRERecursion:      v.Int("PCRERecMatchLimit"),
		PCREFileSize:       size(v, "PCREMaxFileSize"),
	}
	// A configured 0 means "no limit" for these two and "built-in" for the other
	// numbers; not configured, MaxScanTime is 0 in the table but 120 s in effect.
	if v.IsSet("MaxFiles") && l.Files == 0 {
		l.Files = -1
	}
	if v.IsSet("MaxScanTime") {
		if ms := v.Int("MaxScanTime"); ms > 0 {
			l.Time = time.Duration(ms) * time.Millisecond
		} else {
			l.Time = -1
		}
	}
	return l
}

// size maps "no limit" to the engine's negative value.
func size(v *config.Values, name string) int64 {
	if n := v.Size(name); n != config.NoLimit {
		return n
	}
	return -1
}

func parse(v *config.Values) engine.Parse {
	return engine.Parse{
		NoArchive:      !v.Bool("ScanArchive"),
		NoMail:         !v.Bool("ScanMail"),
		NoPE:           !v.Bool("ScanPE"),
		NoELF:          !v.Bool("ScanELF"),
		NoOLE2:         !v.Bool("ScanOLE2"),
		NoPDF:          !v.Bool("ScanPDF"),
		NoSWF:          !v.Bool("ScanSWF"),
		NoHTML:         !v.Bool("ScanHTML"),
		NoXMLDocs:      !v.Bool("ScanXMLDOCS"),
		NoHWP3:         !v.Bool("ScanHWP3"),
		NoOneNote:      !v.Bool("ScanOneNote"),
		NoImage:        !v.Bool("ScanImage"),
		NoImageHash:    !v.Bool("ScanImageFuzzyHash"),
		NoNormalize:    !v.Bool("normalize"),
		PartialMessage: v.Bool("ScanPartialMessages"),
	}
}

func heuristics(v *config.Values) engine.Heuristics {
	return engine.Heuristics{
		Off:                   !v.Bool("HeuristicAlerts"),
		Precedence:            v.Bool("HeuristicScanPrecedence"),
		BrokenExecutables:     v.Bool("AlertBrokenExecutables"),
		BrokenMedia:           v.Bool("AlertBrokenMedia"),
		EncryptedArchive:      v.Bool("AlertEncrypted") || v.Bool("AlertEncryptedArchive"),
		EncryptedDoc:          v.Bool("AlertEncrypted") || v.Bool("AlertEncryptedDoc"),
		Macros:                v.Bool("AlertOLE2Macros"),
		ExceedsMax:            v.Bool("AlertExceedsMax"),
		PhishingSSL:           v.Bool("AlertPhishingSSLMismatch"),
		PhishingCloak:         v.Bool("AlertPhishingCloak"),
		PartitionIntersection: v.Bool("AlertPartitionIntersection"),
		Structured:            v.Bool("StructuredDataDetection"),
		StructuredCCCount:     v.Int("StructuredMinCreditCardCount"),
		StructuredSSNCount:    v.Int("StructuredMinSSNCount"),
		StructuredCCOnly:      v.Bool("StructuredCCOnly"),
		SSNNormalOff:          !v.Bool("StructuredSSNFormatNormal"),
		SSNStripped:           v.Bool("StructuredSSNFormatStripped"),
	}
}
