package store

import (
	"errors"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

// IsDelegatedAdministrator reports whether an account is registered for at least
// one service in an organization.
func (v *View) IsDelegatedAdministrator(organization ident.OrganizationID, account ident.AccountID) (bool, error) {
	_, err := One(v, ScanText[string], `SELECT service_principal FROM delegated_administrators
		WHERE organization_id = $1 AND account_id = $2 LIMIT 1`, organization, account)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func scanDelegation(row Scanner, d *org.Delegation) error {
	var since int64
	if err := row.Scan(&d.Account, &d.Service, &since, &d.Sequence); err != nil {
		return err
	}
	d.Since = Instant(since)
	return nil
}

// Delegation reads the registration of an account for a service, or ErrNotFound.
func (v *View) Delegation(organization ident.OrganizationID, account ident.AccountID, service org.ServicePrincipal) (org.Delegation, error) {
	return One(v, scanDelegation, `SELECT account_id, service_principal, delegated_at, sequence FROM delegated_administrators
		WHERE organization_id = $1 AND account_id = $2 AND service_principal = $3`, organization, account, service)
}

// AfterDelegation is the cursor after a service in the list of an account's.
func AfterDelegation(d org.Delegation) page.Cursor {
	return page.Cursor{At: Micros(d.Since), Sequence: d.Sequence}
}

// Delegations lists the services that an account is registered for in the order of registration.
func (v *View) Delegations(organization ident.OrganizationID, account ident.AccountID, after page.Cursor, limit int) ([]org.Delegation, error) {
	return UpTo(v, limit, scanDelegation, `SELECT account_id, service_principal, delegated_at, sequence FROM delegated_administrators
		WHERE organization_id = $1 AND account_id = $2 AND (delegated_at, sequence) > ($3, $4)
		ORDER BY delegated_at, sequence LIMIT $5`, organization, account, after.At, after.Sequence)
}

// Administrator is a delegated administrator with the date of its registration.
type Administrator struct {
	Account org.Account
	Since   time.Time
	// Sequence orders registrations of the same instant.
	Sequence int64
}

var scanAdministrator = buffered(func() scanBuffer[Administrator] {
	var r accountRow
	var since, sequence int64
	return scanBuffer[Administrator]{append(r.dest(), &since, &sequence), func(a *Administrator) {
		r.value(&a.Account)
		a.Since, a.Sequence = Instant(since), sequence
	}}
})

// AfterAdministrator is the cursor after a delegated administrator in a list.
func AfterAdministrator(a Administrator) page.Cursor {
	return page.Cursor{At: Micros(a.Since), Sequence: a.Sequence}
}

// Administrators lists the delegated administrators of a service in the order of
// registration. For an empty service it lists those of all services, each once,
// with the date of its first registration that is still in force.
func (v *View) Administrators(organization ident.OrganizationID, service org.ServicePrincipal, after page.Cursor, limit int) ([]Administrator, error) {
	if service != "" {
		return UpTo(v, limit, scanAdministrator, `SELECT `+accountColumns+`, d.delegated_at, d.sequence
			FROM delegated_administrators d JOIN accounts a ON a.id = d.account_id
			WHERE d.organization_id = $1 AND d.service_principal = $2 AND (d.delegated_at, d.sequence) > ($3, $4)
			ORDER BY d.delegated_at, d.sequence LIMIT $5`, organization, service, after.At, after.Sequence)
	}
	return UpTo(v, limit, scanAdministrator, `SELECT `+accountColumns+`, d.delegated_at, d.sequence
		FROM delegated_administrators d JOIN accounts a ON a.id = d.account_id
		WHERE d.organization_id = $1 AND (d.delegated_at, d.sequence) > ($2, $3)
			AND NOT EXISTS (SELECT 1 FROM delegated_administrators e
				WHERE e.organization_id = d.organization_id AND e.account_id = d.account_id
					AND (e.delegated_at, e.sequence) < (d.delegated_at, d.sequence))
		ORDER BY d.delegated_at, d.sequence LIMIT $4`, organization, after.At, after.Sequence)
}

// InsertDelegation makes an account a delegated administrator of a service.
func (t *Tx) InsertDelegation(organization ident.OrganizationID, d org.Delegation) error {
	return t.ExecOne(`INSERT INTO delegated_administrators (organization_id, account_id, service_principal, delegated_at, sequence)
		VALUES ($1, $2, $3, $4, nextval('insertions'))`, organization, d.Account, d.Service, Micros(d.Since))
}

// DeleteDelegation ends the registration of an account for a service, and reports whether it existed.
func (t *Tx) DeleteDelegation(organization ident.OrganizationID, account ident.AccountID, service org.ServicePrincipal) (bool, error) {
	n, err := t.ExecCount(`DELETE FROM delegated_administrators
		WHERE organization_id = $1 AND account_id = $2 AND service_principal = $3`, organization, account, service)
	return n == 1, err
}
