package store

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

func scanServiceAccess(row Scanner, a *org.ServiceAccess) error {
	var enabled int64
	if err := row.Scan(&a.Service, &enabled, &a.Sequence); err != nil {
		return err
	}
	a.Enabled = Instant(enabled)
	return nil
}

// ServiceAccess reads the trusted access of a service, or ErrNotFound.
func (v *View) ServiceAccess(organization ident.OrganizationID, service org.ServicePrincipal) (org.ServiceAccess, error) {
	return One(v, scanServiceAccess, `SELECT service_principal, enabled_at, sequence FROM service_access
		WHERE organization_id = $1 AND service_principal = $2`, organization, service)
}

// AfterServiceAccess is the cursor after a service in the list of those that
// have trusted access.
func AfterServiceAccess(a org.ServiceAccess) page.Cursor {
	return page.Cursor{At: Micros(a.Enabled), Sequence: a.Sequence}
}

// ServiceAccesses lists the services with trusted access in the order of its enabling.
func (v *View) ServiceAccesses(organization ident.OrganizationID, after page.Cursor, limit int) ([]org.ServiceAccess, error) {
	return UpTo(v, limit, scanServiceAccess, `SELECT service_principal, enabled_at, sequence FROM service_access
		WHERE organization_id = $1 AND (enabled_at, sequence) > ($2, $3)
		ORDER BY enabled_at, sequence LIMIT $4`, organization, after.At, after.Sequence)
}

// UpsertServiceAccess gives a service trusted access; a service that has it keeps the date.
func (t *Tx) UpsertServiceAccess(organization ident.OrganizationID, service org.ServicePrincipal, at time.Time) error {
	return t.Exec(`INSERT INTO service_access (organization_id, service_principal, enabled_at, sequence) VALUES ($1, $2, $3, nextval('insertions'))
		ON CONFLICT (organization_id, service_principal) DO NOTHING`, organization, service, Micros(at))
}

// DeleteServiceAccess ends the trusted access of a service; a service without is not an error.
func (t *Tx) DeleteServiceAccess(organization ident.OrganizationID, service org.ServicePrincipal) error {
	return t.Exec(`DELETE FROM service_access WHERE organization_id = $1 AND service_principal = $2`,
		organization, service)
}
