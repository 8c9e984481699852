package main

import (
	"strings"

	"gclam/internal/config"
)

// bannerLogSize tells the limit of the log file.
func (d *daemon) bannerLogSize() {
	if d.v.String("LogFile") == "" {
		return
	}
	if n := d.v.Size("LogFileMaxSize"); n > 0 && n != config.NoLimit {
		d.banner("Log file size limited to %d bytes.", n)
	} else {
		d.banner("Log file size limit disabled.")
	}
}

// bannerLoad tells which signatures will be loaded.
func (d *daemon) bannerLoad() {
	switch {
	case !d.v.Bool("DetectPUA"):
		d.banner("Not loading PUA signatures.")
	case len(d.v.Strings("ExcludePUA")) > 0:
		d.banner("Excluded PUA categories: %s", strings.Join(d.v.Strings("ExcludePUA"), " "))
	case len(d.v.Strings("IncludePUA")) > 0:
		d.banner("Included PUA categories: %s", strings.Join(d.v.Strings("IncludePUA"), " "))
	}
	if d.v.Bool("OfficialDatabaseOnly") {
		d.banner("Only loading official signatures.")
	}
	if !d.v.Bool("PhishingSignatures") {
		d.banner("Not loading phishing signatures.")
	}
	if !d.v.Bool("PhishingScanURLs") {
		d.banner("Disabling URL based phishing detection.")
	}
	if !d.v.Bool("Bytecode") {
		d.banner("Bytecode support disabled.")
		return
	}
	d.banner("Bytecode: Security mode set to \"%s\".", d.v.String("BytecodeSecurity"))
	if d.v.Bool("BytecodeUnsigned") {
		d.banner("Bytecode: Enabled support for unsigned bytecode.")
	}
}

// bannerLimits tells the limits of scans.
func (d *daemon) bannerLimits() {
	ms := d.v.Int("MaxScanTime")
	if !d.v.IsSet("MaxScanTime") {
		ms = 120000
	}
	d.limit("Global time", "milliseconds.", int64(ms))
	d.limit("Global size", "bytes.", d.v.Size("MaxScanSize"))
	d.limit("File size", "bytes.", d.v.Size("MaxFileSize"))
	d.limit("Recursion level", "", int64(d.v.Int("MaxRecursion")))
	d.limit("Files", "", int64(d.v.Int("MaxFiles")))
	if core, ok := coreLimit(); ok {
		d.verbosef("Limits: Core-dump limit is %s.", core)
	}
	for _, name := range []string{"MaxEmbeddedPE", "MaxHTMLNormalize", "MaxHTMLNoTags", "MaxScriptNormalize", "MaxZipTypeRcg"} {
		d.infof("Limits: %s limit set to %d bytes.", name, d.v.Size(name))
	}
	for _, name := range []string{"MaxPartitions", "MaxIconsPE", "MaxRecHWP3", "PCREMatchLimit", "PCRERecMatchLimit"} {
		d.infof("Limits: %s limit set to %d.", name, d.v.Int(name))
	}
	d.infof("Limits: PCREMaxFileSize limit set to %d.", d.v.Size("PCREMaxFileSize"))
}

// limit tells one limit or that it is off.
func (d *daemon) limit(name, unit string, n int64) {
	switch {
	case n <= 0 || n == config.NoLimit:
		d.warnf("Limits: %s limit protection disabled.", name)
	case unit == "":
		d.infof("Limits: %s limit set to %d.", name, n)
	default:
		d.infof("Limits: %s limit set to %d %s", name, n, unit)
	}
}

// bannerFeatures tells what is switched on and off.
func (d *daemon) bannerFeatures() {
	d.feature("ScanArchive", "Archive support")
	switch both := d.v.Bool("AlertEncrypted"); {
	case both:
		d.infof("Alerting of encrypted archives _and_ documents enabled.")
	default:
		d.onlyIf("AlertEncryptedArchive", "Alerting of encrypted archives enabled.")
		d.onlyIf("AlertEncryptedDoc", "Alerting of encrypted documents enabled.")
	}
	d.feature("ScanImage", "Image (graphics) scanning support")
	d.feature("ScanImageFuzzyHash", "Detection using image fuzzy hash")
	if d.v.Bool("AlertExceedsMax") {
		d.infof("Heuristic alerting enabled for scans that exceed set maximums.")
	} else {
		d.infof("AlertExceedsMax heuristic detection disabled.")
	}
	d.feature("HeuristicAlerts", "Heuristic alerts")
	d.feature("ScanPE", "Portable Executable support")
	d.feature("ScanELF", "ELF support")
	d.onlyIf("AlertBrokenExecutables", "Alerting on broken executables enabled.")
	d.onlyIf("AlertBrokenMedia", "Media (Graphics) Format Validation enabled")
	d.feature("ScanMail", "Mail files support")
	d.onlyIf("ScanPartialMessages", "Mail: RFC1341 handling enabled.")
	d.feature("ScanOLE2", "OLE2 support")
	d.onlyIf("AlertOLE2Macros", "OLE2: Alerting on all VBA macros.")
	d.feature("ScanPDF", "PDF support")
	d.feature("ScanSWF", "SWF support")
	d.feature("ScanHTML", "HTML support")
	d.onlyIf("AlertPhishingCloak", "Phishing: Always checking for cloaked urls")
	d.onlyIf("AlertPhishingSSLMismatch", "Phishing: Always checking for ssl mismatches")
	d.onlyIf("AlertPartitionIntersection", "Raw DMG: Alert on partitions intersections")
	d.onlyIf("HeuristicScanPrecedence", "Heuristic: precedence enabled")
	d.feature("ScanXMLDOCS", "XMLDOCS support")
	d.feature("ScanHWP3", "HWP3 support")
	d.feature("ScanOneNote", "OneNote support")
	if d.v.Bool("StructuredDataDetection") {
		d.infof("Structured: Minimum Credit Card Number Count set to %d", d.v.Int("StructuredMinCreditCardCount"))
		d.infof("Structured: Minimum Social Security Number Count set to %d", d.v.Int("StructuredMinSSNCount"))
	}
	d.onlyIf("FIPSCryptoHashLimits", "FIPS crypto hash limits enabled.")
}

// feature tells whether an option is on.
func (d *daemon) feature(option, what string) {
	state := "disabled"
	if d.v.Bool(option) {
		state = "enabled"
	}
	d.infof("%s %s.", what, state)
}

// onlyIf tells about an option only if it is on.
func (d *daemon) onlyIf(option, text string) {
	if d.v.Bool(option) {
		d.infof("%s", text)
	}
}
