package authz

import (
	"strings"

	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
)

// delegation is the delegation policy of an organization.
type delegation struct {
	policy *evaluate.Named
	// everybody says that it grants something to all accounts; accounts are those to which
	// it grants something, and entities the unique IDs of such users and roles.
	everybody bool
	accounts  map[ident.AccountID]bool
	entities  []string
}

// grant notes whom a statement names. Accounts are named by their root users.
func (d *delegation) grant(principals []policy.Principal) {
	for _, p := range principals {
		if p.Name == policy.Everybody.Name {
			d.everybody = true
		}
		account, _, isARN := cutARN(p.Name)
		switch id := ident.AccountID(p.Name); {
		case isARN:
			d.accounts[account] = true
		case id.Valid():
			d.accounts[id] = true
		case p.Kind == "AWS":
			id, _, _ := strings.Cut(p.Name, ":")
			d.entities = append(d.entities, id)
		}
	}
}
