package clone

import (
	"errors"
	"fmt"
	"strings"

	"accord/internal/seed"
)

// Counts are the numbers of what was read.
type Counts struct {
	Accounts   int `json:"accounts"`
	Units      int `json:"units"`
	Policies   int `json:"policies"`
	Handshakes int `json:"handshakes"`
}

// Count counts what a document of Read has.
func Count(d *seed.Document) Counts {
	index := seed.NewIndex(d)
	o := d.Organizations[0]
	return Counts{len(index.Members), len(index.Branches) - 1, len(o.Policies), len(o.Handshakes)}
}

// String is the numbers in a line.
func (c Counts) String() string {
	return fmt.Sprintf("%d accounts, %d units, %d policies, %d handshakes", c.Accounts, c.Units, c.Policies, c.Handshakes)
}

// NotRead says what a document does not have, and why: a line for each operation, also where it
// has many subjects.
func NotRead(d *seed.Document) (lines []string) {
	for at := 0; at < len(d.Unread); {
		u := d.Unread[at]
		n := 1
		for at+n < len(d.Unread) && d.Unread[at+n].Operation == u.Operation {
			n++
		}
		what := u.Operation
		if u.Subject != "" {
			what += " of " + u.Subject
		}
		if n > 1 {
			what += fmt.Sprintf(" and %d others", n-1)
		}
		if u.Operation == seed.Unseen {
			what = "never"
		}
		lines = append(lines, what+": "+strings.ReplaceAll(u.Error, "\n", " "))
		at += n
	}
	return lines
}

// MaskKeyLength is how many characters a key of a mask has.
const MaskKeyLength = 64

// MaskKey is the key of a mask that a text says.
func MaskKey(text string) ([]byte, error) {
	if len(text) < MaskKeyLength {
		return nil, fmt.Errorf("the key has %d characters, %d are needed", len(text), MaskKeyLength)
	}
	if strings.ContainsAny(text[:MaskKeyLength], "\r\n") {
		return nil, errors.New("the key has more than one line")
	}
	return []byte(text[:MaskKeyLength]), nil
}
