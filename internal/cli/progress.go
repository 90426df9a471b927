package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// Progress is a line on a terminal that says how far a command is.
type Progress struct {
	w      io.Writer
	things string
	line   string
	// percent is what the line shows, so that a large organization writes no line for each
	// of its accounts.
	percent int
}

// NewProgress returns a line about things, which it does not show where nobody looks: in a
// file, a pipe, or a terminal that cannot write a line twice.
func NewProgress(w io.Writer, things string) *Progress {
	if file, is := w.(*os.File); is && isatty.IsTerminal(file.Fd()) && os.Getenv("TERM") != "dumb" {
		return &Progress{w: w, things: things}
	}
	return &Progress{}
}

// barWidth is how many characters a full bar has.
const barWidth = 30

// Show shows how many things of all, or with all of 0 how many records, are done.
func (p *Progress) Show(done, of int) {
	if p.w == nil {
		return
	}
	line := fmt.Sprintf("%d records", done)
	if of > 0 {
		percent := 100 * done / of
		if p.line != "" && percent == p.percent {
			return
		}
		p.percent = percent
		line = fmt.Sprintf("[%-*s] %d of %d %s", barWidth, strings.Repeat("#", barWidth*done/of), done, of, p.things)
	}
	p.line = line
	fmt.Fprint(p.w, "\r\x1b[K", line)
}

// Clear takes the line away.
func (p *Progress) Clear() {
	if p.line != "" {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.line = ""
	}
}
