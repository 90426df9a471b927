package store

import "accord/internal/ident"

// CounterName names a counter of an organization.
type CounterName string

// numbersOf reads them at once, because most calls need several of them, or takes
// them from the cache of the transaction.
func (v *View) numbersOf(organization ident.OrganizationID) (numbers, error) {
	if v.cache == nil {
		return v.readNumbers(organization)
	}
	if n, known := v.numbers[organization]; known {
		return n, nil
	}
	n, err := v.readNumbers(organization)
	if err == nil {
		v.numbers[organization] = n
		for name, by := range v.added[organization] {
			n.counters[name] += by
		}
	}
	return n, err
}

func (v *View) readNumbers(organization ident.OrganizationID) (numbers, error) {
	type number struct {
		counted bool
		name    string
		value   int64
	}
	found, err := Many(v, func(row Scanner, n *number) error { return row.Scan(&n.counted, &n.name, &n.value) },
		`SELECT TRUE, name, value FROM counters WHERE organization_id = $1
		UNION ALL SELECT FALSE, name, value FROM organization_quotas WHERE organization_id = $1`, organization)
	if err != nil {
		return numbers{}, err
	}
	n := numbers{counters: map[string]int64{}}
	for _, f := range found {
		switch {
		case f.counted:
			n.counters[f.name] = f.value
		case n.quotas == nil:
			n.quotas = map[string]int64{f.name: f.value}
		default:
			n.quotas[f.name] = f.value
		}
	}
	return n, nil
}

// Counter reads a counter of an organization; one without a row is 0.
func (v *View) Counter(organization ident.OrganizationID, name CounterName) (int64, error) {
	n, err := v.numbersOf(organization)
	return n.counters[string(name)], err
}

// ReserveCounter adds one to a counter, unless it would exceed the limit. It reports
// whether it did.
func (t *Tx) ReserveCounter(organization ident.OrganizationID, name CounterName, limit int64) (bool, error) {
	value, err := t.Counter(organization, name)
	if err != nil || value >= limit {
		return false, err
	}
	return true, t.AddToCounter(organization, name, 1)
}

// AddToCounter adds to a counter, or subtracts from it. A counter that would become
// negative is an error. What is added to it once more is written with the commit: each
// version of a row makes the next one slower.
func (t *Tx) AddToCounter(organization ident.OrganizationID, name CounterName, by int64) error {
	if n, known := t.numbers[organization]; known {
		n.counters[string(name)] += by
	}
	if t.added[organization] == nil {
		t.added[organization] = map[string]int64{}
	}
	if _, written := t.added[organization][string(name)]; written {
		t.added[organization][string(name)] += by
		return nil
	}
	t.added[organization][string(name)] = 0
	return t.writeCounter(organization, name, by)
}

// writeCounters writes what was added to counters that had been written.
func (t *Tx) writeCounters() error {
	for organization, counters := range t.added {
		for name, by := range counters {
			if by == 0 {
				continue
			}
			if err := t.writeCounter(organization, CounterName(name), by); err != nil {
				return err
			}
		}
	}
	clear(t.added)
	return nil
}

func (t *Tx) writeCounter(organization ident.OrganizationID, name CounterName, by int64) error {
	if by >= 0 {
		return t.Exec(`INSERT INTO counters (organization_id, name, value) VALUES ($1, $2, $3)
			ON CONFLICT (organization_id, name) DO UPDATE SET value = counters.value + excluded.value`, organization, name, by)
	}
	return t.ExecOne(`UPDATE counters SET value = value + $1 WHERE organization_id = $2 AND name = $3`, by, organization, name)
}

// Quotas reads the quotas that differ for one organization; nil where none does.
// The map is not to be changed.
func (v *View) Quotas(organization ident.OrganizationID) (map[string]int64, error) {
	n, err := v.numbersOf(organization)
	return n.quotas, err
}

// UpsertQuota sets a quota of one organization.
func (t *Tx) UpsertQuota(organization ident.OrganizationID, name string, value int64) error {
	delete(t.numbers, organization)
	return t.ExecOne(`INSERT INTO organization_quotas (organization_id, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (organization_id, name) DO UPDATE SET value = excluded.value`, organization, name, value)
}

// DeleteQuota takes a quota of its own from an organization, which need not have one.
func (t *Tx) DeleteQuota(organization ident.OrganizationID, name string) error {
	delete(t.numbers, organization)
	return t.Exec(`DELETE FROM organization_quotas WHERE organization_id = $1 AND name = $2`, organization, name)
}
