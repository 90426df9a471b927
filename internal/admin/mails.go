package admin

import (
	"net/http"
	"strconv"
	"time"

	"accord/internal/ident"
	"accord/internal/mail"
)

// mailJSON is a mail in a response.
type mailJSON struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// Account receives the mail; empty for an address that no account has.
	// Organization is what it is about.
	Account      ident.AccountID      `json:"account,omitempty"`
	Organization ident.OrganizationID `json:"organization,omitempty"`
	mail.Message
}

// mails lists mail, newest first, ?limit= in a page; ?before= takes "next" of the
// page before.
func (s *Server) mails(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	var from int64
	if before := r.URL.Query().Get("before"); before != "" {
		if from, err = strconv.ParseInt(before, 10, 64); err != nil || from <= 0 {
			return nil, badRequest("before: %.40q is not the next of a page", before)
		}
	}
	found, err := s.Mails(r.Context(), from, n+1)
	if err != nil {
		return nil, err
	}
	list := struct {
		Mails []mailJSON `json:"mails"`
		Next  string     `json:"next,omitempty"`
	}{Mails: []mailJSON{}}
	for i, m := range found {
		if i == n {
			// A text, so that no client rounds it.
			list.Next = strconv.FormatInt(found[n-1].Sequence, 10)
			break
		}
		message, err := mail.Parse(m.Body)
		if err != nil {
			return nil, err
		}
		list.Mails = append(list.Mails, mailJSON{m.ID, m.At, m.Account, m.Organization, message})
	}
	return list, nil
}
