package states

import (
	"net/http"

	"accord/internal/console/visit"
)

// reset is what the page of the reset shows.
type reset struct {
	Writes bool
	Sides  []side
	// To is the snapshot of the address; empty for none.
	To string
	// Accounts and Organizations are how many there are now, and More says that there are
	// others than were counted.
	Accounts, Organizations int
	More                    bool
	// Lost is what going back to the snapshot would change, Refused why that is not known.
	Lost    *Difference
	Refused string
	// Done says that the server was reset just now.
	Done bool
}

// ShowReset says what a reset would delete.
func ShowReset(v *visit.Visit) (any, error) {
	q := v.URL.Query()
	r := reset{To: q.Get("to"), Done: q.Get("done") == "yes"}
	var err error
	if r.Writes, err = v.Writes(); err != nil {
		return nil, err
	}
	all, err := saved(v)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		r.Sides = append(r.Sides, side{e.Name, e.Name})
	}
	accounts, more, err := v.Accounts("1000")
	if err != nil {
		return nil, err
	}
	r.Accounts, r.More = len(accounts), more
	organizations := map[string]bool{}
	for _, a := range accounts {
		if a.Organization != "" {
			organizations[string(a.Organization)] = true
		}
	}
	r.Organizations = len(organizations)
	if r.To != "" && !r.Done {
		r.Lost, r.Refused, err = differ(v, sideNow, sideSnapshot+r.To, mostLost)
	}
	return r, err
}

// ActOnReset deletes everything, or goes back to a snapshot.
func ActOnReset(v *visit.Visit) (string, error) {
	if v.PostFormValue("do") != "reset" {
		return "", visit.ErrUnknownForm
	}
	in := map[string]string{}
	if to := v.PostFormValue("to"); to != "" {
		in["snapshot"] = to
	}
	return v.Link("/snapshots/reset?done=yes"), visit.At("to", v.Admin(http.MethodPost, "/reset", in, nil))
}
