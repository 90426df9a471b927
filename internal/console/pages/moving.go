package pages

import (
	"net/http"
	"net/url"
	"strconv"

	"accord/internal/console/visit"
)

// moving is what the page of the time shows.
type moving struct {
	Clock  clockState
	Writes bool
	Agenda []due
	// Since says that the clock was moved, Happened what happened on the way.
	Since    bool
	Happened []visit.Happened
}

func showTime(v *visit.Visit) (any, error) {
	var m moving
	var about info
	for target, out := range map[string]any{"/clock": &m.Clock, "/info": &about} {
		if err := v.Admin(http.MethodGet, target, nil, out); err != nil {
			return nil, err
		}
	}
	m.Writes = about.Writes
	var err error
	if m.Agenda, err = agenda(v); err != nil {
		return nil, err
	}
	since := v.URL.Query().Get("since")
	if since == "" {
		return m, nil
	}
	m.Since = true
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
	field := v.PostFormValue("do")
	if field != "advance" && field != "set" {
		return "", visit.ErrUnknownForm
	}
	to := map[string]string{field: v.PostFormValue(field)}
	return v.Link("/time?since=" + strconv.FormatInt(since, 10)), visit.At(field, v.Admin(http.MethodPost, "/clock", to, nil))
}
