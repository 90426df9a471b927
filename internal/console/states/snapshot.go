package states

import (
	"net/http"
	"net/url"
	"time"

	"accord/internal/console/visit"
	"accord/internal/snapshot"
)

// mostLost is how many changes the page of a snapshot names.
const mostLost = 20

// one is what the page of a snapshot shows.
type one struct {
	entry
	Writes bool
	// Lost is what loading would change: removed is what the server would lose. Refused is why
	// that is not known.
	Lost    *Difference
	Refused string
	// Loaded says that it was loaded just now.
	Loaded bool
	// Virtual says that the clock of the server goes back too.
	Virtual bool
}

// PageTitle is the title of the page.
func (o one) PageTitle() string { return o.Name + " · Snapshots" }

// ShowOne shows a snapshot, and what loading it would change.
func ShowOne(v *visit.Visit) (any, error) {
	name := v.PathValue("name")
	if !snapshot.ValidName(name) {
		return nil, errNone
	}
	o := one{Loaded: v.URL.Query().Get("loaded") == "yes"}
	if err := v.Admin(http.MethodGet, "/snapshots/"+url.PathEscape(name), nil, &o.entry); err != nil {
		return nil, err
	}
	var err error
	if o.Writes, err = v.Writes(); err != nil {
		return nil, err
	}
	var clock struct {
		Clock string `json:"clock"`
	}
	if err := v.Admin(http.MethodGet, "/clock", nil, &clock); err != nil {
		return nil, err
	}
	o.Virtual = clock.Clock == "virtual"
	if o.Loaded {
		return o, nil
	}
	o.Lost, o.Refused, err = differ(v, sideNow, sideOf(name), mostLost)
	return o, err
}

// Earlier reports whether the state of the snapshot is before an instant.
func (o one) Earlier(now time.Time) bool { return o.At.Before(now) }

// ActOnOne loads the snapshot, or deletes it.
func ActOnOne(v *visit.Visit) (string, error) {
	name := v.PathValue("name")
	if !snapshot.ValidName(name) {
		return "", errNone
	}
	path := "/snapshots/" + url.PathEscape(name)
	switch v.PostFormValue("do") {
	case "load":
		in := map[string]bool{"secrets": v.PostFormValue("secrets") != "no"}
		return v.Link("/snapshots/saved/" + name + "?loaded=yes"), v.Admin(http.MethodPost, path+"/load", in, nil)
	case "delete":
		return v.Link("/snapshots?deleted=" + url.QueryEscape(name)), v.Admin(http.MethodDelete, path, nil, nil)
	}
	return "", visit.ErrUnknownForm
}
