package store

import (
	"database/sql"
	"errors"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

const accountColumns = `a.id, a.name, a.email, a.state, a.email_verified, a.verification_sent_at, a.service_linked_role, a.paired,
	a.access_role, a.billing_access, a.agreement, a.phone, a.payment, a.contact, a.support, a.registered_at, a.sequence,
	a.membership_changed_at, a.closure_requested_at, a.closed_at,
	a.organization_id, a.parent_id, a.parent_path, a.joined_method, a.joined_at, a.joined_sequence, a.moved_at`

// accountRow holds the columns of an account.
type accountRow struct {
	account                                                                      org.Account
	registered                                                                   int64
	verificationSent, changed, closureRequested, closed, joined, sequence, moved sql.NullInt64
	organization, parent, path, method                                           sql.NullString
}

func (r *accountRow) dest() []any {
	a := &r.account
	// Types of string are read as plain strings: a scan would have to look their own
	// types up for each row.
	return []any{(*string)(&a.ID), &a.Name, (*string)(&a.Email), (*string)(&a.State), &a.EmailVerified, &r.verificationSent, &a.ServiceLinkedRole, &a.Paired,
		&a.AccessRole, &a.BillingAccess, &a.Readiness.Agreement, &a.Readiness.Phone, &a.Readiness.Payment,
		&a.Readiness.Contact, &a.Readiness.Support, &r.registered, &a.Sequence,
		&r.changed, &r.closureRequested, &r.closed,
		&r.organization, &r.parent, &r.path, &r.method, &r.joined, &r.sequence, &r.moved}
}

// value makes an account of the columns that were read.
func (r *accountRow) value(a *org.Account) {
	*a = r.account
	a.VerificationSent = NullInstant(r.verificationSent)
	a.Registered = Instant(r.registered)
	a.MembershipChanged = NullInstant(r.changed)
	a.ClosureRequested = NullInstant(r.closureRequested)
	a.ClosedAt = NullInstant(r.closed)
	if r.organization.Valid {
		a.Membership = &org.Membership{
			Organization: ident.OrganizationID(r.organization.String),
			Parent:       ident.ParentID(r.parent.String),
			ParentPath:   r.path.String,
			Method:       org.JoinedMethod(r.method.String),
			Joined:       NullInstant(r.joined),
			Sequence:     r.sequence.Int64,
			Moved:        NullInstant(r.moved),
		}
	}
}

var scanAccount = buffered(func() scanBuffer[org.Account] {
	var r accountRow
	return scanBuffer[org.Account]{r.dest(), r.value}
})

// Account reads an account, or ErrNotFound.
func (v *View) Account(id ident.AccountID) (org.Account, error) {
	if v.cache != nil {
		if p, known := v.accounts[id]; known {
			return p.clone().Account, nil
		}
	}
	return One(v, scanAccount, `SELECT `+accountColumns+` FROM accounts a WHERE a.id = $1`, id)
}

// AccountByEmail reads the account with an address, which is compared without case, or ErrNotFound.
func (v *View) AccountByEmail(email ident.Email) (org.Account, error) {
	return One(v, scanAccount, `SELECT `+accountColumns+` FROM accounts a WHERE a.email_key = $1`, email.Key())
}

var scanAccountWithOrganization = buffered(func() scanBuffer[AccountWithOrganization] {
	var r accountRow
	var o struct {
		id, management, root, set, partition sql.NullString
		created, version                     sql.NullInt64
	}
	var pending bool
	return scanBuffer[AccountWithOrganization]{append(r.dest(), &o.id, &o.management, &o.root, &o.set, &o.created, &o.partition, &o.version, &pending), func(p *AccountWithOrganization) {
		r.value(&p.Account)
		p.PendingJobs = pending
		if o.id.Valid {
			p.Organization = &org.Organization{
				ID:         ident.OrganizationID(o.id.String),
				Management: ident.AccountID(o.management.String),
				Root:       ident.RootID(o.root.String),
				FeatureSet: org.FeatureSet(o.set.String),
				Created:    Instant(o.created.Int64),
				Partition:  ident.Partition(o.partition.String), PolicyVersion: o.version.Int64,
			}
		}
	}}
})

// AccountWithOrganization reads an account with its organization, or ErrNotFound.
func (v *View) AccountWithOrganization(id ident.AccountID) (AccountWithOrganization, error) {
	if v.cache != nil {
		if p, known := v.accounts[id]; known {
			return p.clone(), nil
		}
	}
	return v.readAccountWithOrganization(id, selectAccountWithOrganization, id)
}

const selectAccountWithOrganization = `SELECT ` + accountColumns + `, ` + organizationColumns + `, FALSE
	FROM accounts a LEFT JOIN organizations o ON o.id = a.organization_id WHERE a.id = $1`

// AccountWithPendingJobs is AccountWithOrganization for a caller that changes the organization. The order names the index.
func (t *Tx) AccountWithPendingJobs(id ident.AccountID) (AccountWithOrganization, error) {
	return t.readAccountWithOrganization(id, `SELECT `+accountColumns+`, `+organizationColumns+`,
			COALESCE((SELECT TRUE FROM jobs d WHERE d.organization_id = a.organization_id AND d.at <= $1 ORDER BY d.at, d.rank, d.kind LIMIT 1), FALSE)
		FROM accounts a LEFT JOIN organizations o ON o.id = a.organization_id WHERE a.id = $2`, Micros(t.now), id)
}

// readAccountWithOrganization reads an account with its organization, and caches it in a
// transaction that writes.
func (v *View) readAccountWithOrganization(id ident.AccountID, query string, args ...any) (AccountWithOrganization, error) {
	p, err := One(v, scanAccountWithOrganization, query, args...)
	if err == nil && v.cache != nil {
		cached := p.clone()
		cached.PendingJobs = false
		v.accounts[id] = cached
	}
	return p, err
}

// execOnAccount is ExecOne for one account, whose id is the last parameter.
func (t *Tx) execOnAccount(id ident.AccountID, query string, args ...any) error {
	delete(t.accounts, id)
	return t.ExecOne(query, append(args, id)...)
}

// InsertAccount adds an account that is in no organization; ErrDuplicate: id or address is taken.
func (t *Tx) InsertAccount(a org.Account) error {
	r := a.Readiness
	return t.ExecOne(`INSERT INTO accounts (id, name, email, email_key, state, email_verified, service_linked_role, paired,
			access_role, billing_access, agreement, phone, payment, contact, support, registered_at, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, nextval('insertions'))`,
		a.ID, a.Name, a.Email, a.Email.Key(), a.State, a.EmailVerified, a.ServiceLinkedRole, a.Paired,
		a.AccessRole, a.BillingAccess, r.Agreement, r.Phone, r.Payment, r.Contact, r.Support, Micros(a.Registered))
}

// InsertRegistration records that a call has registered an account.
func (t *Tx) InsertRegistration(id ident.AccountID) error {
	return t.ExecOne(`INSERT INTO registrations (account_id, registered_at) VALUES ($1, $2)`, id, Micros(t.now))
}

// UnusedRegistrations lists accounts that calls registered before an instant and that are unused.
func (v *View) UnusedRegistrations(before time.Time, limit int) ([]ident.AccountID, error) {
	return Many(v, ScanText[ident.AccountID], `SELECT account_id FROM unused_registrations WHERE registered_at < $1 LIMIT $2`, Micros(before), limit)
}

// DeleteAccount deletes an account that is in no organization, registered by a call or not.
func (t *Tx) DeleteAccount(id ident.AccountID) error {
	return errors.Join(t.Exec(`DELETE FROM registrations WHERE account_id = $1`, id), t.execOnAccount(id, `DELETE FROM accounts WHERE id = $1`))
}

// UpdateAccount updates an account, except its membership, which InsertMembership,
// DeleteMembership and UpdateAccountParent change.
func (t *Tx) UpdateAccount(a org.Account) error {
	key := sql.NullString{String: a.Email.Key(), Valid: a.State != org.Gone}
	r := a.Readiness
	return t.execOnAccount(a.ID, `UPDATE accounts SET name = $1, email = $2, email_key = $3, state = $4, email_verified = $5,
			service_linked_role = $6, paired = $7, access_role = $8, billing_access = $9,
			agreement = $10, phone = $11, payment = $12, contact = $13, support = $14,
			closure_requested_at = $15, closed_at = $16, verification_sent_at = $17 WHERE id = $18`,
		a.Name, a.Email, key, a.State, a.EmailVerified, a.ServiceLinkedRole, a.Paired, a.AccessRole, a.BillingAccess,
		r.Agreement, r.Phone, r.Payment, r.Contact, r.Support,
		NullMicros(a.ClosureRequested), NullMicros(a.ClosedAt), NullMicros(a.VerificationSent))
}

// UpdateServiceLinkedRole records that the account has the role, and reports whether it lacked it.
func (t *Tx) UpdateServiceLinkedRole(id ident.AccountID) (made bool, err error) {
	delete(t.accounts, id)
	n, err := t.ExecCount(`UPDATE accounts SET service_linked_role = TRUE WHERE id = $1 AND service_linked_role = FALSE`, id)
	return n == 1, err
}

// AccountsWithoutRole lists the accounts that lack AWSServiceRoleForOrganizations, in the order of joining.
func (v *View) AccountsWithoutRole(id ident.OrganizationID) ([]ident.AccountID, error) {
	return Many(v, ScanText[ident.AccountID],
		`SELECT id FROM accounts WHERE organization_id = $1 AND service_linked_role = FALSE ORDER BY joined_at, joined_sequence`, id)
}

// InsertMembership makes an account a member. COALESCE keeps it from an index of organizations.
func (t *Tx) InsertMembership(id ident.AccountID, m org.Membership) error {
	return t.execOnAccount(id, `UPDATE accounts SET organization_id = $1, parent_id = $2, parent_path = $3, joined_method = $4,
			joined_at = $5, joined_sequence = nextval('insertions'), membership_changed_at = $5 WHERE id = $6 AND COALESCE(organization_id, '') = ''`,
		m.Organization, m.Parent, m.ParentPath, m.Method, Micros(m.Joined))
}

// DeleteMembership makes an account standalone.
func (t *Tx) DeleteMembership(id ident.AccountID, at time.Time) error {
	return t.execOnAccount(id, `UPDATE accounts SET organization_id = NULL, parent_id = NULL, parent_path = NULL, joined_method = NULL,
			joined_at = NULL, joined_sequence = NULL, moved_at = NULL, membership_changed_at = $1 WHERE id = $2 AND organization_id IS NOT NULL`, Micros(at))
}

// UpdateAccountParent moves an account within its organization, now.
func (t *Tx) UpdateAccountParent(id ident.AccountID, parent ident.ParentID, path string) error {
	return t.execOnAccount(id, `UPDATE accounts SET parent_id = $1, parent_path = $2, moved_at = $3
		WHERE id = $4 AND organization_id IS NOT NULL`, parent, path, Micros(t.now))
}

// AfterAccount is the cursor after an account in the lists of its organization.
func AfterAccount(a org.Account) page.Cursor {
	return page.Cursor{At: Micros(a.Membership.Joined), Sequence: a.Membership.Sequence}
}

// Accounts lists the accounts of an organization in the order of joining.
func (v *View) Accounts(id ident.OrganizationID, after page.Cursor, limit int) ([]org.Account, error) {
	return UpTo(v, limit, scanAccount, `SELECT `+accountColumns+` FROM accounts a
		WHERE a.organization_id = $1 AND (a.joined_at, a.joined_sequence) > ($2, $3)
		ORDER BY a.joined_at, a.joined_sequence LIMIT $4`, id, after.At, after.Sequence)
}

var scanMember = buffered(func() scanBuffer[org.Member] {
	var r org.Member
	var joined int64
	return scanBuffer[org.Member]{
		[]any{(*string)(&r.ID), &r.Name, (*string)(&r.Email), (*string)(&r.State), &r.ParentPath, (*string)(&r.Method), &joined, &r.Sequence},
		func(m *org.Member) {
			*m = r
			m.Joined = Instant(joined)
		},
	}
})

const memberColumns = `id, name, email, state, parent_path, joined_method, joined_at, joined_sequence`

// AfterMember is the cursor after a member in the lists of its organization.
func AfterMember(m org.Member) page.Cursor {
	return page.Cursor{At: Micros(m.Joined), Sequence: m.Sequence}
}

// Members is Accounts with the columns that lists show.
func (v *View) Members(id ident.OrganizationID, after page.Cursor, limit int) ([]org.Member, error) {
	return UpTo(v, limit, scanMember, `SELECT `+memberColumns+` FROM accounts
		WHERE organization_id = $1 AND (joined_at, joined_sequence) > ($2, $3)
		ORDER BY joined_at, joined_sequence LIMIT $4`, id, after.At, after.Sequence)
}

// MembersIn is AccountsIn with the columns that lists show.
func (v *View) MembersIn(id ident.OrganizationID, parent ident.ParentID, after page.Cursor, limit int) ([]org.Member, error) {
	return UpTo(v, limit, scanMember, `SELECT `+memberColumns+` FROM accounts
		WHERE organization_id = $1 AND parent_id = $2 AND (joined_at, joined_sequence) > ($3, $4)
		ORDER BY joined_at, joined_sequence LIMIT $5`, id, parent, after.At, after.Sequence)
}

// AccountsIn lists the accounts directly below a root or unit in the order of joining.
func (v *View) AccountsIn(id ident.OrganizationID, parent ident.ParentID, after page.Cursor, limit int) ([]org.Account, error) {
	return UpTo(v, limit, scanAccount, `SELECT `+accountColumns+` FROM accounts a
		WHERE a.organization_id = $1 AND a.parent_id = $2 AND (a.joined_at, a.joined_sequence) > ($3, $4)
		ORDER BY a.joined_at, a.joined_sequence LIMIT $5`, id, parent, after.At, after.Sequence)
}

// AllAccounts lists the accounts that are not deleted, in the order of registration.
func (v *View) AllAccounts(after ident.AccountID, limit int) ([]org.Account, error) {
	return UpTo(v, limit, scanAccount, `SELECT `+accountColumns+` FROM accounts a
		WHERE a.sequence > COALESCE((SELECT sequence FROM accounts WHERE id = $1), 0) AND a.state <> 'GONE'
		ORDER BY a.sequence LIMIT $2`, after)
}

// Empty reports whether the store has no account.
func (v *View) Empty() (bool, error) {
	_, err := One(v, ScanText[ident.AccountID], `SELECT id FROM accounts LIMIT 1`)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return false, err
}
