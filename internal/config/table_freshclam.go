package config

// freshclamOptions are the options that only freshclam.conf has; the ones shared
// with clamd.conf (log, pid, database directory) are in clamdOptions.
func freshclamOptions() []Option {
	return []Option{
		{Name: "UpdateLogFile", Long: "log", Short: 'l', Kind: String, File: Freshclam, Cmd: Freshclam},
		{Name: "DatabaseOwner", Long: "user", Short: 'u', Kind: String, Default: "clamav", File: Freshclam, Cmd: Freshclam},
		{Name: "Checks", Long: "checks", Short: 'c', Kind: Number, Default: "12", File: Freshclam, Cmd: Freshclam},
		{Name: "DNSDatabaseInfo", Kind: String, Default: "current.cvd.clamav.net", File: Freshclam},
		{Name: "DatabaseMirror", Kind: String, Multi: true, File: Freshclam},
		{Name: "PrivateMirror", Kind: String, Multi: true, File: Freshclam},
		{Name: "MaxAttempts", Kind: Number, Default: "3", File: Freshclam},
		{Name: "ScriptedUpdates", Default: "yes", File: Freshclam},
		{Name: "TestDatabases", Default: "yes", File: Freshclam},
		{Name: "CompressLocalDatabase", Default: "no", File: Freshclam},
		{Name: "ExtraDatabase", Kind: String, Multi: true, File: Freshclam},
		{Name: "ExcludeDatabase", Kind: String, Multi: true, File: Freshclam},
		{Name: "DatabaseCustomURL", Kind: String, Multi: true, File: Freshclam},
		{Name: "HTTPProxyServer", Kind: String, File: Freshclam},
		{Name: "HTTPProxyPort", Kind: Number, File: Freshclam},
		{Name: "HTTPProxyUsername", Kind: String, File: Freshclam},
		{Name: "HTTPProxyPassword", Kind: String, File: Freshclam},
		{Name: "HTTPUserAgent", Kind: String, File: Freshclam},
		{Name: "NotifyClamd", Long: "daemon-notify", Kind: String, Default: "/etc/clamav/clamd.conf", OptArg: true, File: Freshclam, Cmd: Freshclam},
		{Name: "OnUpdateExecute", Long: "on-update-execute", Kind: String, File: Freshclam, Cmd: Freshclam},
		{Name: "OnErrorExecute", Long: "on-error-execute", Kind: String, File: Freshclam, Cmd: Freshclam},
		{Name: "OnOutdatedExecute", Long: "on-outdated-execute", Kind: String, File: Freshclam, Cmd: Freshclam},
		{Name: "LocalIPAddress", Long: "local-address", Short: 'a', Kind: String, File: Freshclam, Cmd: Freshclam},
		{Name: "ConnectTimeout", Kind: Number, Default: "30", File: Freshclam},
		{Name: "ReceiveTimeout", Kind: Number, Default: "60", File: Freshclam},
	}
}
