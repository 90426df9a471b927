package inherit

import (
	"time"

	"accord/internal/ident"
	"accord/internal/policy/document"
)

// Facts are what a check needs to know besides the document.
type Facts struct {
	Now time.Time // of the request; the next runs of a backup schedule follow from it
	// Management is the management account of the organization. A check that
	// compares with it is left out if it is "".
	Management ident.AccountID
}

// diagnostics keeps the first diagnostic of a document that is saved.
type diagnostics struct {
	facts Facts
	first document.First
}

// add keeps a diagnostic unless one before it is known. For a value, at is its
// path; for a member, the path of the object that holds it.
func (d *diagnostics) add(where document.Location, at *document.Path, format string, args ...any) {
	d.first.Add(where, at, format, args...)
}
