package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"accord/internal/console/visit"
	"accord/internal/ident"
)

// message is a mail as pages show it.
type message struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Account ident.AccountID `json:"account"`
	To      string          `json:"to"`
	Subject string          `json:"subject"`
	Text    string          `json:"text"`
	// Handshake is the one that it asks to answer; empty without one.
	Handshake string
}

// inbox is what the page shows.
type inbox struct {
	To        string
	Addresses []string
	Mails     []message
	// Older is the sequence before which there are more.
	Older string
	// Owner has the address; nil if no account has.
	Owner *visit.Account
}

// listMails lists mail by a query of the admin API, newest first, and the sequence before which
// there is more.
func listMails(v *visit.Visit, query string) ([]message, string, error) {
	var list struct {
		Mails []message `json:"mails"`
		Next  string    `json:"next"`
	}
	if err := v.Admin(http.MethodGet, "/mails?"+query, nil, &list); err != nil {
		return nil, "", err
	}
	for i := range list.Mails {
		m := &list.Mails[i]
		m.Handshake = visit.HandshakeIn(m.Text, "--handshake-id ")
		if m.Handshake == "" {
			m.Handshake = visit.HandshakeIn(m.Text, "invitation ")
		}
	}
	return list.Mails, list.Next, nil
}

func showInbox(v *visit.Visit) (any, error) {
	q := v.URL.Query()
	in := inbox{To: q.Get("to")}
	// Those to one address are looked for among more.
	limit := "100"
	if in.To != "" {
		limit = "500"
	}
	found, older, err := listMails(v, "limit="+limit+"&before="+url.QueryEscape(q.Get("before")))
	if err != nil {
		return nil, err
	}
	in.Older = older
	for _, m := range found {
		if !slices.Contains(in.Addresses, m.To) {
			in.Addresses = append(in.Addresses, m.To)
		}
		if in.To == "" || strings.EqualFold(in.To, m.To) {
			in.Mails = append(in.Mails, m)
		}
	}
	slices.Sort(in.Addresses)
	in.Owner, err = v.AccountByEmail(in.To)
	return in, err
}
