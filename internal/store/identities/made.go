package identities

import (
	"accord/internal/iam"
	"accord/internal/store"
)

// InsertMade adds a role that AWS makes, and attaches the managed policy with an ID that it
// has.
func InsertMade(tx *store.Tx, r iam.MadeRole, policy string) error {
	if err := Insert(tx, r.Identity); err != nil {
		return err
	}
	return Attach(tx, r.Identity, policy, r.PolicyName)
}

// DeleteMade deletes a role that AWS made, with the managed policies that it has.
func DeleteMade(tx *store.Tx, i iam.Identity) error {
	attached, err := Attached(&tx.View, i.ID)
	if err != nil {
		return err
	}
	for _, id := range attached {
		if err := Detach(tx, i, id); err != nil {
			return err
		}
	}
	return Delete(tx, i)
}
