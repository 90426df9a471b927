package inherit

import (
	"time"

	"accord/internal/policy/document"
)

// diagnostics keeps the first diagnostic of a document that is saved.
type diagnostics struct {
	now   time.Time // of the request
	first document.First
}

// add keeps a diagnostic unless one before it is known. For a value, at is its
// path; for a member, the path of the object that holds it.
func (d *diagnostics) add(where document.Location, at *document.Path, format string, args ...any) {
	d.first.Add(where, at, format, args...)
}
