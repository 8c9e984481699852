package config

// WarningKind says where a warning comes from.
type WarningKind uint8

// The kinds of warnings.
const (
	// Known is a warning that ClamAV 1.4 prints, too.
	Known WarningKind = iota
	// Tolerated is ours: ClamAV would have refused what was accepted here.
	Tolerated
)

// Warning is one message about something accepted. Text has no "WARNING: ".
type Warning struct {
	Kind WarningKind
	Text string
}

// RenamedWarnings returns what clamd logs at its start about renamed options that
// are in use and change something.
func (v *Values) RenamedWarnings() []string {
	var out []string
	if v.first("ArchiveBlockEncrypted").num != 0 {
		out = append(out, `Using deprecated option "ArchiveBlockEncrypted" to alert on encrypted archives _and_ documents. `+
			`Please update your configuration to use replacement options "AlertEncrypted", or "AlertEncryptedArchive" and/or "AlertEncryptedDoc".`)
	}
	if v.first("BlockMax").num != 0 {
		out = append(out, `Using deprecated option "BlockMax" to enable heuristic alerts when scans exceed set maximums. `+
			`Please update your configuration to use replacement option "AlertExceedsMax".`)
	}
	if v.first("AlgorithmicDetection").num == 0 {
		out = append(out, `Using deprecated option "AlgorithmicDetection" to disable heuristic alerts. `+
			`Please update your configuration to use replacement option "HeuristicAlerts".`)
	}
	return out
}
