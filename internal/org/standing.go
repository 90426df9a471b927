package org

// Standing is what the account of a caller is.
type Standing int

// The standings.
const (
	// Standalone: in no organization.
	Standalone Standing = iota
	// PlainMember: a member without a part in running the organization.
	PlainMember
	// DelegatedAdministrator: a member that is registered for at least one service.
	DelegatedAdministrator
	// ManagementAccount: the account that made the organization.
	ManagementAccount
)

// StandingOf says what an account is. organization is nil for a standalone
// account; delegated is asked only when the answer matters.
func StandingOf(account *Account, organization *Organization, delegated func() (bool, error)) (Standing, error) {
	switch {
	case organization == nil:
		return Standalone, nil
	case organization.ManagedBy(account.ID):
		return ManagementAccount, nil
	}
	is, err := delegated()
	if err != nil {
		return Standalone, err
	}
	if is {
		return DelegatedAdministrator, nil
	}
	return PlainMember, nil
}
