package storetest

import (
	"fmt"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/dump"
)

// registered is an account as a call registers it.
func registered(id ident.AccountID) org.Account {
	a := accountOf(id)
	a.Name, a.Email = "account-"+string(id), ident.Email("account-"+string(id)+"@example.com")
	a.State, a.EmailVerified, a.Readiness = org.Active, true, org.Ready
	return a
}

var registrations = []testCase{
	{"a registration is unused until something is done with its account", func(t *fixture) {
		changes := []func(a *org.Account){
			func(*org.Account) {},
			func(a *org.Account) { a.Name = "Ops" },
			func(a *org.Account) { a.Email = "ops@example.com" },
			func(a *org.Account) { a.State = org.Suspended },
			func(a *org.Account) { a.EmailVerified = false },
			func(a *org.Account) { a.ServiceLinkedRole = true },
			func(a *org.Account) { a.Paired = true },
			func(a *org.Account) { a.Readiness.Phone = false },
			func(a *org.Account) { a.VerificationSent = epoch },
		}
		for i, change := range changes {
			a := registered(number(i))
			t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
			t.write(func(tx *store.Tx) error { return tx.InsertRegistration(a.ID) })
			change(&a)
			t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
		}
		// One that nobody registered by a call is not listed.
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(registered(number(99))) })
		list := func(limit int) func(v *store.View) (string, error) {
			return func(v *store.View) (string, error) {
				ids, err := v.UnusedRegistrations(v.Now().Add(time.Second), limit)
				return fmt.Sprint(ids), err
			}
		}
		wants(t, "unused", fmt.Sprint([]ident.AccountID{number(0)}), list(100))
		wants(t, "none of them", "[]", list(0))
		t.write(func(tx *store.Tx) error { return tx.DeleteAccount(number(0)) })
		misses(t, "deleted", accountNumber(0))
		wants(t, "the others", "[]", list(100))
		t.fails(func(tx *store.Tx) error { return tx.DeleteAccount(number(98)) })
		t.write(dump.DeleteEverything)
		wants(t, "after a reset", "[]", list(100))
	}},
}
