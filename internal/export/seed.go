package export

import "accord/internal/seed"

// asSeed writes the document as a person would.
func asSeed(d *seed.Document) (*File, error) {
	text, err := d.YAML()
	return &File{Text: text}, err
}
