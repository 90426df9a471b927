// Package rowcheck finds rows of a store that contradict each other. The constraints of
// the schema hold for each row; what rows say of each other is here, as one table of
// queries. It reads everything, and is for copies and upgrades, not for requests.
package rowcheck

import (
	"errors"
	"fmt"
	"slices"

	"accord/internal/store/engine"
)

// newest rules read tables of newer versions of the schema, by the first version that has
// them.
var newest = map[int64][]rule{4: identityRules, 6: madeRoleRules, 7: rootAccessRules, 8: snapshotRules}

// snapshotRules are about snapshots that have a name.
var snapshotRules = []rule{
	{"snapshot %s: its file is missing", `SELECT name FROM snapshots WHERE NOT EXISTS (SELECT 1 FROM snapshot_parts WHERE snapshot_parts.name = snapshots.name)`},
}

// rules read columns that every version of the schema has.
var rules = []rule{
	{"organization %s: its management account is not a member of it",
		`SELECT id FROM organizations WHERE NOT EXISTS (SELECT 1 FROM accounts
		WHERE accounts.id = management_account_id AND accounts.organization_id = organizations.id)`},
	{"organization %s: its number of accounts is not that of its counter",
		`SELECT id FROM organizations WHERE COALESCE((SELECT value FROM counters
		WHERE counters.organization_id = organizations.id AND name = 'accounts'), 0)
		<> (SELECT COUNT(*) FROM accounts WHERE accounts.organization_id = organizations.id)`},
	{"organization %s: its number of organizational units is not that of its counter",
		`SELECT id FROM organizations WHERE COALESCE((SELECT value FROM counters
		WHERE counters.organization_id = organizations.id AND name = 'units'), 0)
		<> (SELECT COUNT(*) FROM units WHERE units.organization_id = organizations.id)`},
	{"account %s: its parent does not exist",
		`SELECT accounts.id FROM accounts JOIN organizations ON organizations.id = organization_id
		WHERE parent_id <> root_id AND NOT EXISTS (SELECT 1 FROM units
		WHERE units.organization_id = accounts.organization_id AND units.id = accounts.parent_id)`},
	{"account %s: its path is not that of its parent",
		`SELECT accounts.id FROM accounts JOIN units ON units.organization_id = accounts.organization_id
		AND units.id = accounts.parent_id WHERE units.path <> accounts.parent_path`},
	{"organizational unit %s: its parent does not exist",
		`SELECT units.id FROM units JOIN organizations ON organizations.id = organization_id
		WHERE parent_id <> root_id AND NOT EXISTS (SELECT 1 FROM units AS parents
		WHERE parents.organization_id = units.organization_id AND parents.id = units.parent_id)`},
	{"handshake %s: it is open and its expiry is not planned",
		// One below another handshake expires with that.
		`SELECT id FROM handshakes WHERE state IN ('REQUESTED', 'OPEN') AND parent_handshake_id = '' AND NOT EXISTS (SELECT 1 FROM jobs
		WHERE jobs.organization_id = handshakes.organization_id AND jobs.at = expires_at
		AND jobs.kind = 'handshake expires' AND jobs.subject = handshakes.id)`},
	{"account creation %s: it is in progress and its end is not planned",
		`SELECT id FROM account_creations WHERE state = 'IN_PROGRESS' AND NOT EXISTS (SELECT 1 FROM jobs
		WHERE jobs.organization_id = account_creations.organization_id
		AND jobs.kind = 'account creation ends' AND jobs.subject = account_creations.id)`},
	{"account creation %s: the account that it made does not exist",
		`SELECT id FROM account_creations WHERE account_id <> '' AND NOT EXISTS (SELECT 1 FROM accounts
		WHERE accounts.id = account_creations.account_id)`},
	{"delegated administrator %s: the account is not in the organization",
		`SELECT account_id FROM delegated_administrators WHERE NOT EXISTS (SELECT 1 FROM accounts
		WHERE accounts.id = account_id AND accounts.organization_id = delegated_administrators.organization_id)`},
	{"attachment to %s: the target does not exist",
		`SELECT target_id FROM attachments JOIN enabled_policy_types AS types
		ON types.organization_id = attachments.organization_id AND types.enablement_id = attachments.enablement_id
		JOIN organizations ON organizations.id = attachments.organization_id
		WHERE target_id <> root_id AND NOT EXISTS (SELECT 1 FROM accounts
		WHERE accounts.id = target_id AND accounts.organization_id = attachments.organization_id)
		AND NOT EXISTS (SELECT 1 FROM units
		WHERE units.id = target_id AND units.organization_id = attachments.organization_id)`},
}

// Find returns what contradicts each other in the state that a transaction sees, a
// sentence each; none for a store that is whole.
func Find(session engine.Session) (findings []string, err error) {
	version, err := versionOf(session)
	if err != nil {
		return nil, fmt.Errorf("checking the rows: %w", err)
	}
	all := slices.Clone(rules)
	for since, of := range newest {
		if version >= since {
			all = append(all, of...)
		}
	}
	for _, r := range all {
		found, err := r.find(session)
		if err != nil {
			return nil, fmt.Errorf("checking the rows: %w", err)
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// versionOf is the version of the schema.
func versionOf(session engine.Session) (version int64, err error) {
	rows, err := session.Query(`SELECT COALESCE(MAX(version_id), 0) FROM schema_version`, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		err = rows.Scan(&version)
	}
	return version, errors.Join(err, rows.Err())
}
