package app_test

import (
	"slices"
	"testing"

	"accord/internal/app/apptest"
	"accord/internal/ident"
	"accord/internal/service/provider"
)

// TestMailsOfACallHaveItsIDs: with a seed they follow from the call, and not from what
// else draws from the randomness of the server. The control is mail of a change without
// a call, which draws from it, and so moves the IDs of the next one.
func TestMailsOfACallHaveItsIDs(t *testing.T) {
	mails := func(drawn int) (ofCall, ofChange []string) {
		f := open(t, apptest.Config(t, "clock", "virtual", "behavior", "email-verification=on"))
		defer f.close()
		f.must(alice, "CreateOrganization", "{}")
		before := map[string]bool{}
		for range drawn {
			verified := false
			if _, err := f.Provider.UpdateAccount(t.Context(), ident.AccountID(alice), provider.AccountUpdate{EmailVerified: &verified}); err != nil {
				t.Fatal(err)
			}
		}
		list := func() (added []string) {
			all, err := f.Mails(t.Context(), 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range slices.Backward(all) {
				if !before[m.ID] {
					before[m.ID] = true
					added = append(added, m.ID)
				}
			}
			return added
		}
		ofChange = list()
		verified := true
		if _, err := f.Provider.UpdateAccount(t.Context(), ident.AccountID(alice), provider.AccountUpdate{EmailVerified: &verified}); err != nil {
			t.Fatal(err)
		}
		f.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+bob+`", "Type": "ACCOUNT"}}`)
		return list(), ofChange
	}
	first, one := mails(1)
	second, three := mails(3)
	if len(first) == 0 || !slices.Equal(first, second) {
		t.Errorf("the mails of the same call are %q and %q", first, second)
	}
	if len(three) != len(one)+2 || one[len(one)-1] == three[len(three)-1] {
		t.Errorf("the control: the changes wrote %q and %q", one, three)
	}
}
