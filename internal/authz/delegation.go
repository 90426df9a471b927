package authz

import (
	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
)

// delegation is the delegation policy of an organization.
type delegation struct {
	policy *evaluate.Named
	// everybody says that it grants something to all accounts; accounts are those to which
	// it grants something.
	everybody bool
	accounts  map[ident.AccountID]bool
}

// names reports whether the policy grants an account anything.
func (d *delegation) names(account ident.AccountID) bool { return d.everybody || d.accounts[account] }

// grant notes the accounts that a statement names. They are named by their root users.
func (d *delegation) grant(principals []policy.Principal) {
	for _, p := range principals {
		if p.Name == policy.Everybody.Name {
			d.everybody = true
		}
		account, _, ok := cutARN(p.Name)
		if !ok {
			account = ident.AccountID(p.Name)
		}
		d.accounts[account] = true
	}
}
