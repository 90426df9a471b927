package seeding

import (
	"fmt"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/service/operation"
	"accord/internal/store/dump"
	"accord/internal/store/identities"
)

// replace deletes the organizations of the document that there are, known by their IDs or by
// their management accounts.
func (r *run) replace() error {
	if !r.Replace {
		return nil
	}
	for i := range r.file.Organizations {
		path := fmt.Sprintf("organizations[%d]", i)
		for _, name := range []seed.Ref{seed.Ref(r.file.Organizations[i].ID), seed.Ref(r.file.Organizations[i].Management.ID)} {
			o, err := r.existing(name)
			if err != nil {
				return err
			}
			if o == nil {
				continue
			}
			if err := r.deleteWhole(o); err != nil {
				return fmt.Errorf("replacing %s: %w", o.ID, err)
			}
			r.changed(Remove, "organization", string(o.ID), string(o.ID), path, "with its accounts, to be made anew")
		}
	}
	return nil
}

// existing is an organization that there is; nil if there is none.
func (r *run) existing(name seed.Ref) (*org.Organization, error) {
	if account := ident.AccountID(name); account.Valid() {
		found, err := r.view().AccountWithOrganization(account)
		if err != nil || !found.Organization.ManagedBy(account) {
			return nil, operation.IgnoreMissing(err)
		}
		return found.Organization, nil
	}
	o, err := r.view().Organization(ident.OrganizationID(name))
	if err != nil {
		return nil, operation.IgnoreMissing(err)
	}
	return &o, nil
}

// deleteWhole deletes an organization with its accounts, and what was agreed with others.
func (r *run) deleteWhole(o *org.Organization) error {
	if err := dump.DeleteAgreements(r.tx, o.ID); err != nil {
		return err
	}
	accounts, err := r.accountsOf(o.ID)
	if err != nil {
		return err
	}
	for i := range accounts {
		id := accounts[i].ID
		if err := identities.DeleteAccount(r.tx, id); err != nil {
			return err
		}
		if err := r.tx.DeleteMembership(id, r.now); err != nil {
			return err
		}
	}
	if err := r.tx.DeleteOrganization(o.ID); err != nil {
		return err
	}
	for i := range accounts {
		if err := r.tx.DeleteAccount(accounts[i].ID); err != nil {
			return err
		}
	}
	return nil
}
