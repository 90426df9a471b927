package state

import (
	"database/sql"

	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/store"
)

func readTree(r *reader) (err error) {
	r.units, err = grouped(r, func(row store.Scanner, o *owner, u *org.Unit) error {
		var created int64
		err := row.Scan(&o.organization, &o.id, &u.ID, &u.Name, &created)
		u.Created = store.Instant(created)
		return err
	}, `SELECT organization_id, parent_id, id, name, created_at FROM units
		WHERE $1 = '' OR organization_id = $1 ORDER BY created_at, sequence`)
	if err != nil {
		return err
	}
	// Accounts that are gone are in no organization, and their IDs are never used again.
	r.accounts, err = grouped(r, func(row store.Scanner, o *owner, a *accountRow) error {
		var joined sql.NullInt64
		err := row.Scan(&o.organization, &o.id, &a.ID, &a.Name, &a.Email, &a.State, &a.EmailVerified, &a.AccessRole, &a.method, &joined)
		a.joined = store.NullInstant(joined)
		return err
	}, `SELECT COALESCE(organization_id, ''), COALESCE(parent_id, ''), id, name, email, state, email_verified, access_role,
			COALESCE(joined_method, ''), joined_at
		FROM accounts WHERE state <> 'GONE' AND ($1 = '' OR organization_id = $1) ORDER BY joined_at, joined_sequence, sequence`)
	if err != nil {
		return err
	}
	r.tags, err = grouped(r, func(row store.Scanner, o *owner, t *seed.Tag) error {
		return row.Scan(&o.organization, &o.id, &t.Key, &t.Value)
	}, `SELECT organization_id, resource_id, key, value FROM tags
		WHERE $1 = '' OR organization_id = $1 ORDER BY organization_id, resource_id, position`)
	return err
}

func readPolicies(r *reader) (err error) {
	r.types, err = grouped(r, func(row store.Scanner, o *owner, t *string) error { return row.Scan(&o.organization, t) },
		`SELECT organization_id, type FROM enabled_policy_types WHERE $1 = '' OR organization_id = $1 ORDER BY type`)
	if err != nil {
		return err
	}
	r.policies, err = grouped(r, func(row store.Scanner, o *owner, p *seed.Policy) error {
		return row.Scan(&o.organization, &p.ID, &p.Type, &p.Name, &p.Description, &p.Content)
	}, `SELECT organization_id, id, type, name, description, content FROM policies
		WHERE $1 = '' OR organization_id = $1 ORDER BY position`)
	if err != nil {
		return err
	}
	r.attached, err = grouped(r, func(row store.Scanner, o *owner, a *attachmentRow) error {
		return row.Scan(&o.organization, &o.id, &a.policy, &a.detached)
	}, `SELECT a.organization_id, a.target_id, a.policy_id, a.detached FROM attachments a
		JOIN enabled_policy_types e ON e.organization_id = a.organization_id AND e.enablement_id = a.enablement_id
		WHERE $1 = '' OR a.organization_id = $1 ORDER BY a.position`)
	if err != nil {
		return err
	}
	r.delegation, err = grouped(r, func(row store.Scanner, o *owner, p *seed.Policy) error {
		return row.Scan(&o.organization, &p.ID, &p.Content)
	}, `SELECT organization_id, id, content FROM resource_policies WHERE $1 = '' OR organization_id = $1`)
	return err
}

func readServices(r *reader) (err error) {
	r.services, err = grouped(r, func(row store.Scanner, o *owner, s *seed.TrustedService) error {
		var enabled int64
		err := row.Scan(&o.organization, &s.Service, &enabled)
		s.Enabled = at(store.Instant(enabled))
		return err
	}, `SELECT organization_id, service_principal, enabled_at FROM service_access
		WHERE $1 = '' OR organization_id = $1 ORDER BY enabled_at, sequence`)
	if err != nil {
		return err
	}
	r.administrators, err = grouped(r, func(row store.Scanner, o *owner, d *seed.DelegatedAdministrator) error {
		var since int64
		err := row.Scan(&o.organization, (*string)(&d.Account), &d.Service, &since)
		d.Enabled = at(store.Instant(since))
		return err
	}, `SELECT organization_id, account_id, service_principal, delegated_at FROM delegated_administrators
		WHERE $1 = '' OR organization_id = $1 ORDER BY delegated_at, sequence`)
	if err != nil {
		return err
	}
	r.quotas, err = grouped(r, func(row store.Scanner, o *owner, q *quotaRow) error {
		return row.Scan(&o.organization, &q.name, &q.value)
	}, `SELECT organization_id, name, value FROM organization_quotas WHERE $1 = '' OR organization_id = $1`)
	return err
}
