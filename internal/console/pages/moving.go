package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"accord/internal/console/visit"
)

// moving is what the page of the time shows.
type moving struct {
	Clock  clockState
	Writes bool
	Agenda []planned
	// Since says that the clock was moved, Happened what happened on the way.
	Since    bool
	Happened []visit.Happened
}

// planned is a job as the admin API shows it.
type planned struct {
	At           time.Time `json:"at"`
	Kind         string    `json:"kind"`
	Subject      string    `json:"subject"`
	Organization string    `json:"organization"`
}

// Handshake is the subject if it is one; empty otherwise.
func (p planned) Handshake() string { return visit.HandshakeIn(" "+p.Subject, " ") }

// isHousekeeping reports whether a job is about nothing that a page shows.
func (p planned) isHousekeeping() bool { return p.Organization == "" && p.Subject == "" }

func showTime(v *visit.Visit) (any, error) {
	var m moving
	var jobs struct {
		Jobs []planned `json:"jobs"`
	}
	var about info
	for target, out := range map[string]any{"/clock": &m.Clock, "/jobs?limit=50": &jobs, "/info": &about} {
		if err := v.Admin(http.MethodGet, target, nil, out); err != nil {
			return nil, err
		}
	}
	m.Agenda, m.Writes = slices.DeleteFunc(jobs.Jobs, planned.isHousekeeping), about.Writes
	since := v.URL.Query().Get("since")
	if since == "" {
		return m, nil
	}
	m.Since = true
	var err error
	m.Happened, err = v.Records("limit=500&after=" + url.QueryEscape(since))
	return m, err
}

// actOnTime moves the clock. The address of the page says since which record, so that it shows
// what happened on the way.
func actOnTime(v *visit.Visit) (string, error) {
	last, err := v.Records("limit=1")
	if err != nil {
		return "", err
	}
	since := int64(0)
	if len(last) > 0 {
		since = last[0].Sequence
	}
	to := map[string]string{}
	switch field := v.PostFormValue("do"); field {
	case "advance", "set":
		to[field] = v.PostFormValue(field)
	default:
		return "", visit.ErrUnknownForm
	}
	if err := v.Admin(http.MethodPost, "/clock", to, nil); err != nil {
		f := visit.FailureOf(err)
		f.Field = v.PostFormValue("do")
		return "", f
	}
	return v.Link("/time?since=" + strconv.FormatInt(since, 10)), nil
}
