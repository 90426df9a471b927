package states

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/seed/compare"
)

// mostShown is how many changes a page shows.
const mostShown = 300

// Difference is what differs between two states, as the admin API answers it.
type Difference struct {
	A string `json:"a"`
	B string `json:"b"`
	compare.Report
	More int `json:"more"`
}

// differences is what the page of differences shows.
type differences struct {
	A, B  string
	Sides []side
	// Difference is nil as long as nothing is compared.
	Difference *Difference
	// File is the name of the file that was compared; empty for none.
	File string
	// Refused is why the sides of the address cannot be compared.
	Refused string
}

// PageTitle is the title of the page.
func (d differences) PageTitle() string {
	if d.Difference == nil {
		return "Differences"
	}
	return d.NameA() + " → " + d.NameB()
}

// NameA is what a person calls the first side.
func (d differences) NameA() string { return d.name(d.A) }

// NameB is what a person calls the second side.
func (d differences) NameB() string { return d.name(d.B) }

func (d differences) name(side string) string {
	if side == sideFile && d.File != "" {
		return d.File
	}
	return named(side)
}

// ShowDifference compares the two states of the address.
func ShowDifference(v *visit.Visit) (any, error) {
	if shown, is := v.Result.(differences); is {
		return shown, nil
	}
	q := v.URL.Query()
	d := differences{A: q.Get("a"), B: q.Get("b")}
	if v.Method == http.MethodPost {
		d.A, d.B = v.PostFormValue("a"), v.PostFormValue("b")
	}
	all, err := saved(v)
	if err != nil {
		return nil, err
	}
	d.Sides = sides(all)
	if d.A == "" || d.B == "" || d.A == sideFile || d.B == sideFile || v.Method == http.MethodPost {
		return d, nil
	}
	d.Difference, d.Refused, err = differ(v, d.A, d.B, mostShown)
	return d, err
}

// ActOnDifference compares with a file, of which nothing is kept; states that the server has
// get an address.
func ActOnDifference(v *visit.Visit) (string, error) {
	a, b := v.PostFormValue("a"), v.PostFormValue("b")
	if a != sideFile && b != sideFile {
		return v.Link("/snapshots/diff?" + url.Values{"a": {a}, "b": {b}}.Encode()), nil
	}
	if v.Upload == nil {
		return "", errNoFile
	}
	d := differences{A: a, B: b, File: v.Upload.Name, Difference: &Difference{}}
	if err := v.Send(http.MethodPost, "/diff?"+query(a, b, mostShown), v.Upload, d.Difference); err != nil {
		return "", visit.At("file", err)
	}
	all, err := saved(v)
	if err != nil {
		return "", err
	}
	d.Sides = sides(all)
	v.Result = d
	return "", nil
}

func query(a, b string, most int) string {
	return url.Values{"a": {a}, "b": {b}, "limit": {strconv.Itoa(most)}}.Encode()
}

// differ compares two states that the server has, or says why they cannot be compared.
func differ(v *visit.Visit, a, b string, most int) (d *Difference, refused string, err error) {
	err = v.Admin(http.MethodGet, "/diff?"+query(a, b, most), nil, &d)
	if visit.Has(err, http.StatusBadRequest, http.StatusNotFound) {
		return nil, visit.FailureOf(err).Message, nil
	}
	return d, "", err
}

// Total is the number of all changes.
func (d *Difference) Total() int { return len(d.Changes) + d.More }

// Number is how many changes of a kind there are.
func (d *Difference) Number(what compare.What) int { return d.Counts[what] }

// Rows are the changes as pages show them.
func (d *Difference) Rows() []row {
	rows := make([]row, len(d.Changes))
	for i, c := range d.Changes {
		rows[i] = row{Change: c}
	}
	return rows
}

// row is one change.
type row struct{ compare.Change }

// What is what happened, as a word and as the name of a class.
func (r row) What() string { return string(r.Change.What) }

// Values are the fields of what was added or removed, in their order.
func (r row) Values() []side {
	whole := r.After
	if r.Change.What == compare.Removed {
		whole = r.Before
	}
	fields, is := whole.(map[string]any)
	if !is {
		return nil
	}
	var all []side
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		all = append(all, side{Name: name, Value: text(fields[name])})
	}
	return all
}

// Was is the value before, Is the one after.
func (r row) Was() string { return text(r.Before) }

// Is is the value after.
func (r row) Is() string { return text(r.After) }

// longest is how many bytes of a value are shown within a line.
const longest = 60

// Long reports whether one of the values does not fit into a line.
func (r row) Long() bool { return len(r.Was()) > longest || len(r.Is()) > longest }

// text is a value for reading: a document of JSON with its lines.
func text(value any) string {
	written, is := value.(string)
	switch {
	case value == nil:
		return ""
	case is && strings.HasPrefix(written, "{"):
		return visit.Indented([]byte(written))
	case is:
		return written
	}
	marshaled, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(marshaled)
}
