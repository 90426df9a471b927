package dump

import (
	"slices"
	"strings"
)

// kind is what the values of a column are.
type kind byte

// The kinds.
const (
	text    kind = 't'
	number  kind = 'n'
	boolean kind = 'b'
	// sequence is a number that nextval('insertions') has given.
	sequence kind = 's'
)

// column is a column of a table.
type column struct {
	name string
	kind kind
	// optional is true where NULL is a value.
	optional bool
}

// table is a table whose rows are in a dump.
type table struct {
	name string
	// columns are those that are in a dump, first the primary key, of so many columns.
	columns []column
	keys    int
	// ranked is the column that orders the rows; empty where a key does. In a dump they have
	// their rank in its place: the numbers themselves may be taken in another store.
	ranked string
	// fixed are the values of the other columns in rows that are loaded.
	fixed []fixed
	// only limits the rows; empty for all.
	only string
	// park is set where rows refer to those of this table: a row that changes stays, and is
	// made one that contradicts no other before others are deleted. $1 is the key.
	park string
	// secret is true for rows that hold secrets.
	secret bool
}

// fixed is the value of a column.
type fixed struct {
	column string
	value  any
}

// tables are THE table: all that a dump holds. What rows refer to comes before them.
var tables = slices.Concat(ofOrganizations, ofIAM)

// The columns of a key come first; :n is a number, :s one of the sequence, :b a boolean, and
// ? says that NULL is a value.
var ofOrganizations = []table{
	{name: "organizations", keys: 1, park: `UPDATE organizations SET policy_version = NULL WHERE id = $1`,
		columns: of("id management_account_id root_id feature_set created_at:n partition")},
	// An account that is parked has no address and is in no organization.
	{name: "accounts", keys: 1,
		park: `UPDATE accounts SET email_key = NULL, organization_id = NULL, parent_id = NULL, joined_at = NULL, joined_sequence = NULL WHERE id = $1`,
		columns: of("id name email email_key? state email_verified:b verification_sent_at:n? service_linked_role:b paired:b access_role " +
			"billing_access agreement:b phone:b payment:b contact:b support:b registered_at:n sequence:s membership_changed_at:n? " +
			"closure_requested_at:n? closed_at:n? organization_id? parent_id? parent_path? joined_method? joined_at:n? joined_sequence:s? moved_at:n?")},
	{name: "units", keys: 2, columns: of("organization_id id parent_id name path depth:n created_at:n sequence:s")},
	{name: "tags", keys: 3, columns: of("organization_id resource_id key value position:n")},
	{name: "counters", keys: 2, columns: of("organization_id name value:n")},
	{name: "organization_quotas", keys: 2, columns: of("organization_id name value:n")},
	{name: "handshakes", keys: 1, columns: of("id kind organization_id management_account_id partition parent_handshake_id recipient_type " +
		"recipient_id holder answered_by excused:b state requested_at:n sequence:s expires_at:n ended_at:n? retention:n purge_at:n " +
		"management_email management_name feature_set notes transfer_id transfer_type transfer_starts_at:n?")},
	{name: "account_creations", keys: 2, columns: of("organization_id id account_name email email_key role_name billing_access govcloud:b " +
		"state requested_at:n sequence:s completed_at:n? purge_at:n? account_id govcloud_account_id failure_reason")},
	{name: "resource_policies", keys: 1, columns: of("organization_id id content")},
	{name: "transfers", keys: 1, columns: of("id handshake_id name target_organization_id target_account_id target_partition " +
		"source_organization_id source_account_id source_partition invited_type invited_id answered_by holder status requested_at:n " +
		"sequence:s expires_at:n starts_at:n ends_at:n? purge_at:n? live:b")},
	{name: "delegated_administrators", keys: 3, columns: of("organization_id account_id service_principal delegated_at:n sequence:s")},
	{name: "service_access", keys: 2, columns: of("organization_id service_principal enabled_at:n sequence:s")},
	{name: "policies", keys: 2, columns: of("organization_id id type name description content digest position:n")},
	{name: "enabled_policy_types", keys: 2, columns: of("organization_id type enablement_id:n since:n")},
	{name: "attachments", keys: 4, columns: of("organization_id target_id enablement_id:n policy_id detached:b position:n")},
	{name: "effective_policies", keys: 3, columns: of("organization_id target_id enablement_id:n path depth:n applies:b document valid:b " +
		"errors computed_at:n")},
	{name: "invalid_accounts", keys: 3, columns: of("organization_id account_id enablement_id:n joined_at:n joined_sequence:s")},
	{name: "jobs", keys: 5, columns: of("organization_id at:n rank:n kind subject cause sequence:s")},
	// Event records are no state: they belong to the history of the server. Mail has no sink.
	{name: "outbox", keys: 1, only: `kind = 'mail' AND delivered = FALSE`, ranked: "sequence",
		columns: of("rank:n id kind organization_id account_id at:n body"),
		fixed:   []fixed{{"leased_until", int64(0)}, {"delivered", false}}},
	{name: "registrations", keys: 1, columns: of("account_id registered_at:n")},
}

// ofIAM are the tables of what IAM keeps of accounts.
var ofIAM = []table{
	{name: "identities", keys: 3, columns: of("account_id kind name_key id name path created_at:n boundary_id description trust_policy " +
		"session_seconds:n last_used_at:n? last_used_region")},
	{name: "identity_versions", keys: 1, columns: of("account_id"), fixed: []fixed{{"version", int64(0)}}},
	{name: "identity_counts", keys: 2, columns: of("account_id kind number:n")},
	{name: "identity_members", keys: 2, columns: of("group_id member_id")},
	{name: "inline_policies", keys: 2, columns: of("owner_id name_key name document")},
	{name: "managed_policies", keys: 2, columns: of("account_id name_key id name path description default_version:n last_version:n created_at:n updated_at:n")},
	{name: "managed_policy_versions", keys: 2, columns: of("policy_id number:n document created_at:n")},
	{name: "identity_attachments", keys: 2, columns: of("owner_id policy_id account_id name_key")},
	{name: "managed_policy_uses", keys: 2, columns: of("account_id policy_id attachments:n boundaries:n")},
	{name: "identity_tags", keys: 2, columns: of("owner_id key_key key value position:s")},
	{name: "access_keys", keys: 1, secret: true, columns: of("id account_id user_id sealed status created_at:n sequence:s last_used_at:n? " +
		"last_used_service last_used_region")},
	{name: "account_aliases", keys: 1, columns: of("alias account_id")},
	{name: "role_deletions", keys: 1, columns: of("id account_id role_name status reason requested_at:n")},
	{name: "root_access_features", keys: 2, columns: of("organization_id feature")},
	{name: "login_profiles", keys: 2, columns: of("account_id user_id created_at:n? reset_required:b")},
}

// of reads columns of the table above.
func of(list string) []column {
	var columns []column
	for word := range strings.FieldsSeq(list) {
		c := column{kind: text}
		word, c.optional = strings.CutSuffix(word, "?")
		name, kinds, has := strings.Cut(word, ":")
		if c.name = name; has {
			c.kind = kind(kinds[0])
		}
		columns = append(columns, c)
	}
	return columns
}

// find returns the index of a table; -1 if there is none of its name.
func find(name string) int {
	return slices.IndexFunc(tables, func(t table) bool { return t.name == name })
}

// names are the columns that rows are read from.
func (t *table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	if t.ranked != "" {
		names[0] = t.ranked
	}
	return names
}

// condition is the WHERE of the rows.
func (t *table) condition() string {
	if t.only == "" {
		return ""
	}
	return " WHERE " + t.only
}
