// Package analysis answers what the state of a store is and what its policies allow, apart
// from a call: it reads an organization at one instant and asks packages explain and whatif.
// It changes nothing.
package analysis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"accord/internal/explain"
	"accord/internal/ident"
	"accord/internal/seed"
	"accord/internal/store"
	"accord/internal/store/models"
	"accord/internal/store/state"
	"accord/internal/whatif"
	"accord/internal/whatif/model"
)

// BadRequest is an error in a question.
type BadRequest struct{ Text string }

func (e *BadRequest) Error() string { return e.Text }

// Analyzer answers what policies allow.
type Analyzer struct{ store *store.Store }

// New returns an Analyzer of the organizations of a store.
func New(s *store.Store) *Analyzer { return &Analyzer{s} }

// mostNamed bounds how many organizations an error names.
const mostNamed = 5

// Organization reads an organization whole. Without an ID it is the only one of the store.
func (a *Analyzer) Organization(ctx context.Context, id ident.OrganizationID) (*model.Organization, error) {
	var o *model.Organization
	err := a.store.View(ctx, func(v *store.View) (err error) {
		chosen := id
		if chosen == "" {
			if chosen, err = theOnly(v); err != nil {
				return err
			}
		}
		o, err = models.Read(v, chosen)
		return unknown(chosen, err)
	})
	return o, err
}

// State reads an organization as a document; without an ID, all organizations and all
// standalone accounts.
func (a *Analyzer) State(ctx context.Context, id ident.OrganizationID) (*seed.Document, error) {
	var d *seed.Document
	err := a.store.View(ctx, func(v *store.View) (err error) {
		d, err = state.Read(v, id)
		return unknown(id, err)
	})
	return d, err
}

// unknown names the organization that a store does not have.
func unknown(id ident.OrganizationID, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &BadRequest{fmt.Sprintf("there is no organization %.80q", id)}
	}
	return err
}

// theOnly is the only organization of a store.
func theOnly(v *store.View) (ident.OrganizationID, error) {
	ids, err := models.Organizations(v, mostNamed+1)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", &BadRequest{"the server has no organization"}
	case len(ids) == 1:
		return ids[0], nil
	}
	var texts []string
	for _, id := range ids[:min(len(ids), mostNamed)] {
		texts = append(texts, string(id))
	}
	if len(ids) > mostNamed {
		texts = append(texts, "…")
	}
	return "", &BadRequest{"the server has several organizations; name one: " + strings.Join(texts, ", ")}
}

// Explain explains a call. It reads the part of the organization that decides.
func (a *Analyzer) Explain(ctx context.Context, request explain.Request) (*explain.Explanation, error) {
	var o *model.Organization
	err := a.store.View(ctx, func(v *store.View) error {
		account, err := v.AccountWithOrganization(request.Account)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return &BadRequest{fmt.Sprintf("there is no account %.40q", request.Account)}
		case err != nil:
			return err
		case account.Organization == nil:
			return &BadRequest{fmt.Sprintf("the account %s is in no organization: no organization policy applies to it", request.Account)}
		}
		o, err = models.Around(v, account.Organization.ID, append(request.Accounts(), account.Organization.Management)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return explain.Explain(o, request)
}

// WhatIf says what changes would do to an organization. Without an ID it is the only one
// of the store.
func (a *Analyzer) WhatIf(ctx context.Context, id ident.OrganizationID, request whatif.Request) (*whatif.Report, error) {
	o, err := a.Organization(ctx, id)
	if err != nil {
		return nil, err
	}
	return whatif.Run(ctx, o, request)
}
