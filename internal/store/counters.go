package store

import (
	"errors"

	"accord/internal/ident"
)

// Counter names a number that is kept beside what it counts.
type Counter string

// CounterOf reads a number of an organization; one that was never counted is 0.
func (v *View) CounterOf(organization ident.OrganizationID, name Counter) (int64, error) {
	n, err := one(v, scanNumber, `SELECT value FROM counters WHERE organization_id = $1 AND name = $2`, organization, name)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// CounterOf reads as View does, unless the transaction knows.
func (t *Tx) CounterOf(organization ident.OrganizationID, name Counter) (int64, error) {
	n, err := t.numbersOf(organization)
	return n.counters[name], err
}

// Reserve adds one to a number, unless that would take it above the limit. It
// reports whether it did.
func (t *Tx) Reserve(organization ident.OrganizationID, name Counter, limit int64) (bool, error) {
	value, err := t.CounterOf(organization, name)
	if err != nil || value >= limit {
		return false, err
	}
	return true, t.Count(organization, name, 1)
}

// Count adds to a number, or takes from it. It never becomes negative: taking
// more than there is, is an error.
func (t *Tx) Count(organization ident.OrganizationID, name Counter, by int64) error {
	if n, known := t.numbers[organization]; known {
		n.counters[name] += by
	}
	if by >= 0 {
		return t.later(`INSERT INTO counters (organization_id, name, value) VALUES ($1, $2, $3)
			ON CONFLICT (organization_id, name) DO UPDATE SET value = counters.value + excluded.value`, organization, name, by)
	}
	return t.change(`UPDATE counters SET value = value + $1 WHERE organization_id = $2 AND name = $3`, by, organization, name)
}

// Quotas reads the quotas that differ for one organization.
func (v *View) Quotas(organization ident.OrganizationID) (map[string]int64, error) {
	type quota struct {
		name  string
		value int64
	}
	rows, err := many(v, func(row scanner, q *quota) error { return row.Scan(&q.name, &q.value) },
		`SELECT name, value FROM organization_quotas WHERE organization_id = $1`, organization)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	quotas := make(map[string]int64, len(rows))
	for _, q := range rows {
		quotas[q.name] = q.value
	}
	return quotas, nil
}

// Quotas reads as View does, unless the transaction knows. The map is not to be changed.
func (t *Tx) Quotas(organization ident.OrganizationID) (map[string]int64, error) {
	n, err := t.numbersOf(organization)
	return n.quotas, err
}

// SetQuota records a quota of one organization.
func (t *Tx) SetQuota(organization ident.OrganizationID, name string, value int64) error {
	delete(t.numbers, organization)
	return t.change(`INSERT INTO organization_quotas (organization_id, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (organization_id, name) DO UPDATE SET value = excluded.value`, organization, name, value)
}
