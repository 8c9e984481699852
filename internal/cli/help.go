package cli

import (
	"fmt"
	"io"
	"strings"

	"gclam/internal/config"
)

// Columns of the option list. Scripts of packagers cut help by column.
const (
	helpLong  = 22 // width of "--name=ARG "
	helpShort = 15 // width of "-x ARG "
)

// help prints the own help text.
func (c Command) help(w io.Writer) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n    gclam: %s %s\n\n    %s %s\n\n", c.Title, Compatibility, c.Name, c.Usage)
	for _, o := range config.CommandOptions(c.Program) {
		if !o.Hidden && o.Describe() != "" && !strings.HasPrefix(o.Describe(), "Old name") {
			b.WriteString(c.helpLine(o))
		}
	}
	if c.Notes != "" {
		b.WriteString("\n" + strings.TrimRight(c.Notes, "\n") + "\n")
	}
	b.WriteString("\n")
	_, _ = io.WriteString(w, b.String())
}

func (c Command) helpLine(o *config.Option) string {
	helpLong, helpShort := helpLong, helpShort
	if c.HelpColumns != [2]int{} {
		helpLong, helpShort = c.HelpColumns[0], c.HelpColumns[1]
	}
	long, short := "--"+o.Long, ""
	if o.Short != 0 {
		short = "-" + string(o.Short)
	}
	switch {
	case o.Kind == config.Bool && o.Default == "yes":
		long += "[=yes(*)/no]"
	case o.Kind == config.Bool && o.Short == 0 && o.Name != "":
		long += "[=yes/no(*)]"
	case o.Kind == config.Number:
		long += "=N"
	case o.Kind == config.Size:
		long += "=SIZE"
	case o.Kind == config.String && o.OptArg:
		long += "[=" + o.ArgName() + "]"
	case o.Kind == config.String:
		long += "=" + o.ArgName()
		if short != "" {
			short += " " + o.ArgName()
		}
	}
	left := fmt.Sprintf("%-*s", helpLong, long)
	if short != "" && !strings.HasSuffix(left, " ") {
		left += " "
	}
	left = fmt.Sprintf("%-*s", helpLong+helpShort, left+short)
	if !strings.HasSuffix(left, " ") {
		left += " "
	}
	return "    " + left + o.Describe() + "\n"
}
