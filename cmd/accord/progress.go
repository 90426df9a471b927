package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// progress is a line on a terminal that says how far a command is.
type progress struct {
	w    io.Writer
	line string
	// percent is what the line shows, so that a large organization writes no line for each
	// of its accounts.
	percent int
}

// newProgress shows nothing where nobody looks: in a file, a pipe, or a terminal that cannot
// write a line twice.
func newProgress(w io.Writer) *progress {
	if file, is := w.(*os.File); is && isatty.IsTerminal(file.Fd()) && os.Getenv("TERM") != "dumb" {
		return &progress{w: w}
	}
	return &progress{}
}

// barWidth is how many characters a full bar has.
const barWidth = 30

// show shows how many accounts of all, or with all of 0 how many records, are done.
func (p *progress) show(done, of int) {
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
		line = fmt.Sprintf("[%-*s] %d of %d accounts", barWidth, strings.Repeat("#", barWidth*done/of), done, of)
	}
	p.line = line
	fmt.Fprint(p.w, "\r\x1b[K", line)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.line != "" {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.line = ""
	}
}
