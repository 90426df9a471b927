package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// Misuse is an error in the command line or in the settings: nothing was tried.
type Misuse struct{ Err error }

func (m *Misuse) Error() string { return m.Err.Error() }

func (m *Misuse) Unwrap() error { return m.Err }

// Arguments makes invalid arguments a Misuse.
func Arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return &Misuse{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}

// ExitStatus is an error that is only an exit status: what there is to say was said.
type ExitStatus int

func (s ExitStatus) Error() string {
	return fmt.Sprintf("the command ended with exit status %d", int(s))
}

// Different is the exit status of commands that were asked to find something, and have.
const Different ExitStatus = 3

// CompleteWords lets the shell complete the values of a flag.
func CompleteWords(c *cobra.Command, flag string, words ...string) {
	err := c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic("accord: " + err.Error())
	}
}

// QuoteUnprintable quotes a line that contains characters a terminal would obey. Unlike
// QuoteUnsafe it leaves quotation marks as they are.
func QuoteUnprintable(line string) string {
	if !utf8.ValidString(line) || strings.IndexFunc(line, func(r rune) bool { return !strconv.IsPrint(r) }) >= 0 {
		return strconv.Quote(line)
	}
	return line
}

// QuoteUnsafe quotes a text that contains characters a terminal would obey.
func QuoteUnsafe(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}
