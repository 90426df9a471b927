package history_test

import (
	"context"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"accord/internal/export"
	"accord/internal/seed"
	"accord/internal/service/analysis"
)

// readState reads the whole state as a document, which has to be the same after it was
// written and read again, and to have a form in each format.
func (h *history) readState(t *rapid.T) {
	d, err := analysis.New(h.Store).State(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := d.YAML()
	if err != nil {
		t.Fatal(err)
	}
	read, err := seed.Parse(text, seed.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(d, &read.Document); diff != "" {
		t.Fatalf("what was written is read as something else (-state +read):\n%s", diff)
	}
	for _, o := range d.Organizations {
		one, err := export.Only(d, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range export.Formats() {
			if _, err := f.Write(one); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}
