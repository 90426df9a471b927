// Package lists reads what people look through: the accounts of an organization in any order,
// filtered, and the policies at some places of its tree. Its functions read within a transaction
// of the store, whose rules hold for its SQL.
package lists

import (
	"math"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// Filter says which accounts of an organization a list has. Empty members admit all.
type Filter struct {
	State  org.AccountState
	Method org.JoinedMethod
	// Parent is the root or unit directly above.
	Parent ident.ParentID
	// Text is a part of the ID, the name or the address, in whichever case A to Z are.
	Text string
}

// Order is what a list of accounts is sorted by.
type Order string

// The orders. Names compare as addresses do: A to Z without case.
const (
	ByJoining Order = "joined"
	ByName    Order = "name"
	ByID      Order = "id"
	ByEmail   Order = "email"
	ByState   Order = "state"
)

// Orders are all orders.
var Orders = []Order{ByJoining, ByName, ByID, ByEmail, ByState}

// key is the place of an account in an order.
type key struct{ value, tie any }

// The places before and after every account. No name has so many characters.
var (
	firstText, lastText     = key{"", ""}, key{strings.Repeat("\U0010FFFF", 200), ""}
	firstNumber, lastNumber = key{int64(math.MinInt64), int64(math.MinInt64)}, key{int64(math.MaxInt64), int64(math.MaxInt64)}
)

// matching selects the accounts that a filter admits. A text without a part that it has is
// another text: so both engines search.
const matching = `SELECT a.id FROM accounts a WHERE a.organization_id = $1
	AND ($2 = '' OR a.state = $2) AND ($3 = '' OR a.joined_method = $3) AND ($4 = '' OR a.parent_id = $4)
	AND ($5 = '' OR REPLACE(a.id, $5, '') <> a.id OR REPLACE(a.email_key, $5, '') <> a.email_key OR REPLACE(LOWER(a.name), $5, '') <> LOWER(a.name))`

// orders has the statements of each order. That of joining has an index; for the others the
// engine passes over the accounts of the organization once.
var orders = map[Order]struct {
	key                   func(a *org.Account) key
	first, last           key
	ascending, descending string
}{
	ByJoining: {
		func(a *org.Account) key {
			if a.Membership == nil {
				return firstNumber
			}
			return key{store.Micros(a.Membership.Joined), a.Membership.Sequence}
		}, firstNumber, lastNumber,
		matching + ` AND (a.joined_at, a.joined_sequence) > ($6, $7) ORDER BY a.joined_at, a.joined_sequence LIMIT $8`,
		matching + ` AND (a.joined_at, a.joined_sequence) < ($6, $7) ORDER BY a.joined_at DESC, a.joined_sequence DESC LIMIT $8`,
	},
	ByName: {
		func(a *org.Account) key { return key{lower(a.Name), a.ID} }, firstText, lastText,
		matching + ` AND (LOWER(a.name), a.id) > ($6, $7) ORDER BY LOWER(a.name), a.id LIMIT $8`,
		matching + ` AND (LOWER(a.name), a.id) < ($6, $7) ORDER BY LOWER(a.name) DESC, a.id DESC LIMIT $8`,
	},
	ByID: {
		func(a *org.Account) key { return key{a.ID, ""} }, firstText, lastText,
		matching + ` AND (a.id, '') > ($6, $7) ORDER BY a.id LIMIT $8`,
		matching + ` AND (a.id, '') < ($6, $7) ORDER BY a.id DESC LIMIT $8`,
	},
	ByEmail: {
		func(a *org.Account) key { return key{a.Email.Key(), a.ID} }, firstText, lastText,
		matching + ` AND (a.email_key, a.id) > ($6, $7) ORDER BY a.email_key, a.id LIMIT $8`,
		matching + ` AND (a.email_key, a.id) < ($6, $7) ORDER BY a.email_key DESC, a.id DESC LIMIT $8`,
	},
	ByState: {
		func(a *org.Account) key { return key{a.State, a.ID} }, firstText, lastText,
		matching + ` AND (a.state, a.id) > ($6, $7) ORDER BY a.state, a.id LIMIT $8`,
		matching + ` AND (a.state, a.id) < ($6, $7) ORDER BY a.state DESC, a.id DESC LIMIT $8`,
	},
}

// lower is a text as the engines compare it: A to Z in lower case.
func lower(text string) string { return ident.Email(text).Key() }

// Accounts lists the accounts of an organization that a filter admits in an order, or against
// it, after an account or from the beginning.
func Accounts(v *store.View, id ident.OrganizationID, f Filter, by Order, descending bool, after *org.Account, limit int) ([]org.Account, error) {
	order := orders[by]
	query, from := order.ascending, order.first
	if descending {
		query, from = order.descending, order.last
	}
	if after != nil {
		from = order.key(after)
	}
	ids, err := store.UpTo(v, limit, store.ScanText[ident.AccountID], query, id, f.State, f.Method, f.Parent, lower(f.Text), from.value, from.tie)
	if err != nil {
		return nil, err
	}
	return read(v, ids)
}

// Standalone lists the accounts that are in no organization and not deleted, in the order of
// registration.
func Standalone(v *store.View, after ident.AccountID, limit int) ([]org.Account, error) {
	ids, err := store.UpTo(v, limit, store.ScanText[ident.AccountID], `SELECT a.id FROM accounts a
		WHERE a.organization_id IS NULL AND a.sequence > COALESCE((SELECT sequence FROM accounts WHERE id = $1), 0) AND a.state <> 'GONE'
		ORDER BY a.sequence LIMIT $2`, after)
	if err != nil {
		return nil, err
	}
	return read(v, ids)
}

// read reads accounts by their IDs: what was sorted was narrow.
func read(v *store.View, ids []ident.AccountID) ([]org.Account, error) {
	all := make([]org.Account, 0, len(ids))
	for _, id := range ids {
		a, err := v.Account(id)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
