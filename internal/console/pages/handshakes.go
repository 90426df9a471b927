package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/handshake"
)

// handshakes is what the list shows.
type handshakes struct {
	Rows []lifeline
	// From and To are the ends of the time line, Now where the service is on it.
	From, To, Now time.Time
	// Ticks are the days that the time line names.
	Ticks   []tick
	NowTick tick
	Show    string
	Waiting int
	// Cut says that there are more than are shown.
	Cut bool
	// Organization is that of the account; nil for a standalone one.
	Organization *chart.Organization
}

// lifeline is a handshake on the time line: where it begins and ends, in percent.
type lifeline struct {
	agreement
	// Sent is true for one that the organization of the account sent.
	Sent            bool
	X, Width, Spent string
}

// mostPages bounds how many handshakes are read of each list, in pages of the API.
const mostPages = 10

func showHandshakes(v *visit.Visit) (any, error) {
	h := handshakes{Now: v.Server.Now(), Show: v.URL.Query().Get("show")}
	switch described, err := chart.Describe(v); {
	case err == nil:
		h.Organization = described
	case !visit.Is(err, "AccessDeniedException"):
		return nil, err
	}
	received, cut, err := listHandshakes(v, "ListHandshakesForAccount", nil)
	if err != nil {
		return nil, err
	}
	sent, cutToo, err := listHandshakes(v, "ListHandshakesForOrganization", nil)
	if err != nil && !visit.Is(err, "AWSOrganizationsNotInUseException", "AccessDeniedException") {
		return nil, err
	}
	h.Cut = cut || cutToo
	h.add(sent, true)
	h.add(received, false)
	h.place()
	return h, nil
}

// listHandshakes reads a list of handshakes, as far as its bound.
func listHandshakes(v *visit.Visit, operation string, in map[string]any) (all []agreement, cut bool, err error) {
	all, next, err := visit.Each[agreement](v, operation, "Handshakes", in, "", mostPages)
	if err != nil {
		return nil, false, err
	}
	return all, next != "", nil
}

// add adds the handshakes that are asked for, each once.
func (h *handshakes) add(found []agreement, sent bool) {
	for _, a := range found {
		if a.Waits() {
			h.Waiting++
		}
		shown := h.Show != "open" || a.Waits()
		if shown && !slices.ContainsFunc(h.Rows, func(row lifeline) bool { return row.ID == a.ID }) {
			h.Rows = append(h.Rows, lifeline{agreement: a, Sent: sent})
		}
	}
}

// place puts the handshakes on the time line, the newest first.
func (h *handshakes) place() {
	slices.SortStableFunc(h.Rows, func(a, b lifeline) int { return cmp.Compare(b.Requested, a.Requested) })
	h.From, h.To = h.Now, h.Now
	for _, row := range h.Rows {
		if at := row.Requested.Time(); at.Before(h.From) {
			h.From = at
		}
		if at := row.Expires.Time(); at.After(h.To) {
			h.To = at
		}
	}
	whole := h.To.Sub(h.From)
	at := func(t time.Time) float64 {
		if whole <= 0 {
			return 0
		}
		return 100 * float64(min(max(t.Sub(h.From), 0), whole)) / float64(whole)
	}
	h.NowTick = tickAt(at(h.Now), "now")
	for day := range days(h.From, h.To) {
		h.Ticks = append(h.Ticks, tickAt(at(day), label(day, h.Now)))
	}
	for i := range h.Rows {
		row := &h.Rows[i]
		begin, end := at(row.Requested.Time()), at(row.Expires.Time())
		row.X, row.Width = percent(begin), percent(max(end-begin, 1))
		// Nothing lasts beyond now, and when an answer came is not in the list.
		row.Spent = percent(max(min(end, at(h.Now))-begin, 1))
		if !row.Waits() {
			row.Width = row.Spent
		}
	}
}

// actOnHandshakes sends an invitation, or asks for all features.
func actOnHandshakes(v *visit.Visit) (string, error) {
	var sent struct{ Handshake agreement }
	var err error
	switch v.PostFormValue("do") {
	case "invite":
		err = v.Call("InviteAccountToOrganization", invitation(v), &sent)
	case "enable":
		err = v.Call("EnableAllFeatures", nil, &sent)
	case "register":
		if _, err := v.Register(v.As, v.PostFormValue("email"), v.PostFormValue("name")); err != nil {
			return "", err
		}
		return v.Link("/handshakes"), nil
	default:
		return "", visit.ErrUnknownForm
	}
	if err != nil {
		return "", located(err)
	}
	return v.Link("/handshakes/" + sent.Handshake.ID), nil
}

// invitation is what the form asks for: twelve digits are an account, all else is an address.
func invitation(v *visit.Visit) map[string]any {
	target, kind := strings.TrimSpace(v.PostFormValue("target")), handshake.EmailParty
	if target != "" && strings.Trim(target, "0123456789") == "" {
		kind = handshake.AccountParty
	}
	in := map[string]any{"Target": map[string]string{"Id": target, "Type": string(kind)}}
	if notes := v.PostFormValue("notes"); notes != "" {
		in["Notes"] = notes
	}
	return in
}

// fieldNames are the fields of forms by what reasons and texts of the API call them.
var fieldNames = []struct{ said, field string }{
	{"NOTES", "notes"}, {"Notes", "notes"}, {"TARGET", "target"}, {"EMAIL", "target"}, {"target", "target"},
	{"ALREADY_IN_AN_ORGANIZATION", "target"}, {"INVALID_PATTERN", "target"}, {"Duplicate", "target"}, {"invit", "target"},
}

// located puts an exception of the API at the field that it is about.
func located(err error) error {
	f := visit.FailureOf(err)
	if f.Status == http.StatusInternalServerError {
		return err
	}
	for _, n := range fieldNames {
		if strings.Contains(f.Reason+" "+f.Type+" "+f.Message, n.said) {
			f.Field = n.field
			break
		}
	}
	return f
}
