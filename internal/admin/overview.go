package admin

import (
	"net/http"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
)

// organizationJSON is an organization in a response.
type organizationJSON struct {
	ID         ident.OrganizationID `json:"id"`
	Management ident.AccountID      `json:"managementAccount"`
	Root       ident.RootID         `json:"root"`
	FeatureSet org.FeatureSet       `json:"featureSet"`
	Partition  ident.Partition      `json:"partition"`
	Created    time.Time            `json:"created"`
}

// organizations lists organizations by their IDs, ?limit= in a page; ?after= takes "next" of
// the page before.
func (s *Server) organizations(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	found, err := s.Provider.Organizations(r.Context(), ident.OrganizationID(r.URL.Query().Get("after")), n+1)
	if err != nil {
		return nil, err
	}
	list := struct {
		Organizations []organizationJSON   `json:"organizations"`
		Next          ident.OrganizationID `json:"next,omitempty"`
	}{Organizations: []organizationJSON{}}
	for i, o := range found {
		if i == n {
			list.Next = found[n-1].ID
			break
		}
		list.Organizations = append(list.Organizations, organizationJSON{o.ID, o.Management, o.Root, o.FeatureSet, o.Partition, o.Created})
	}
	return list, nil
}

// jobJSON is a job in a response.
type jobJSON struct {
	At           time.Time            `json:"at"`
	Kind         string               `json:"kind"`
	Subject      string               `json:"subject,omitempty"`
	Organization ident.OrganizationID `json:"organization,omitempty"`
}

// jobs lists the first ?limit= of the jobs that are planned, the next one first.
func (s *Server) jobs(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	found, err := s.Jobs(r.Context(), n)
	if err != nil {
		return nil, err
	}
	jobs := []jobJSON{}
	for _, j := range found {
		jobs = append(jobs, jobJSON{j.At, j.Kind, j.Subject, j.Organization})
	}
	return map[string]any{"jobs": jobs}, nil
}
