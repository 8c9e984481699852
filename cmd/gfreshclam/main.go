// Gfreshclam keeps signature databases current, with freshclam's options, log
// lines and exit codes.
package main

import (
	"context"
	"os"

	"gclam/internal/cli"
	"gclam/internal/config"
)

const environmentNotes = `    Environment Variables:

      CURL_CA_BUNDLE                 File with CA certificates to use instead of the system's
      FRESHCLAM_CLIENT_CERT          File (PEM) with a client certificate for a private mirror
      FRESHCLAM_CLIENT_KEY           File (PEM) with its private key
      FRESHCLAM_CLIENT_KEY_PASSWD    Password of that key
      CVD_CERTS_DIR                  Directory of roots for detached signatures
      GFRESHCLAM_DNS                 Name server to ask instead of the system's, HOST:PORT
`

func main() {
	if len(os.Args) > 1 && os.Args[1] == loadArgument {
		os.Exit(loadChild(os.Args[2:], os.Stderr))
	}
	cli.Main(command())
}

func command() cli.Command {
	codes := make([]int, 256)
	for i := range codes {
		codes[i] = i // EXIT_N returns any
	}
	return cli.Command{
		Program: config.Freshclam, Name: "freshclam", Title: "Database Updater", Usage: "[options]",
		Notes: environmentNotes, HelpColumns: [2]int{21, 16}, Codes: codes, Version: versionLine, Run: run,
	}
}

// run is the whole program behind option parsing.
func run(ctx context.Context, in *cli.Invocation) int {
	a := &app{in: in}
	if code, stop := a.configure(); stop {
		return code
	}
	if a.v.Bool("list-mirrors") {
		in.Warnf("Deprecated option --list-mirrors. Individual mirrors are no longer tracked, as official signature distribution is now done through the CloudFlare CDN.")
		return 0
	}
	if a.v.Bool("daemon") && !a.v.Bool("Foreground") && !isDetached() && canDetach {
		return a.detach()
	}
	if code := a.start(); code != 0 {
		return code
	}
	defer a.close()
	if a.v.Bool("daemon") {
		return a.serve(ctx)
	}
	return a.once(ctx)
}
