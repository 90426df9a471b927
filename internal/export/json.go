package export

import "accord/internal/seed"

// asJSON writes the document itself.
func asJSON(d *seed.Document) (*File, error) {
	text, err := d.JSON()
	return &File{Text: text}, err
}
