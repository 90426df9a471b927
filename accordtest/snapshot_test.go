package accordtest_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"accord/accordtest"
)

// prepared is a server with an organization, an open invitation and a user.
func prepared(t testing.TB, options ...accordtest.Option) *accordtest.Server {
	s := accordtest.Start(t, options...)
	management := s.As("111111111111")
	management.CreateOrganization("ALL")
	management.Invite("222222222222")
	return s
}

// units are those of the root of a server.
func units(s *accordtest.Server) []string {
	management := s.As("111111111111")
	var names []string
	for _, u := range management.Units(management.Root()) {
		names = append(names, u.Name)
	}
	return names
}

// TestRestoreGoesBack: to the rows, the time, the mail and the IDs. The control is the state
// in between.
func TestRestoreGoesBack(t *testing.T) {
	s := prepared(t)
	base, at, mails := s.Snapshot(), s.Clock.Now(), len(s.Mails(""))
	var ids []string
	for range 3 {
		management := s.As("111111111111")
		ids = append(ids, management.CreateUnit(management.Root(), "Unit").ID)
		management.Invite("333333333333")
		s.Clock.Advance(20 * 24 * time.Hour)
		if got := units(s); len(got) != 1 || len(s.Mails("")) == mails || s.Clock.Now().Equal(at) {
			t.Fatalf("the control: %v, %d mails, %v", got, len(s.Mails("")), s.Clock.Now())
		}
		s.Restore(base)
		if got := units(s); len(got) != 0 || len(s.Mails("")) != mails || !s.Clock.Now().Equal(at) {
			t.Errorf("%v, %d mails, %v", got, len(s.Mails("")), s.Clock.Now())
		}
	}
	if ids[1] != ids[2] {
		t.Errorf("the same call after the same snapshot made %s and %s", ids[1], ids[2])
	}
	member := s.As("222222222222")
	member.Accept(member.Received()[0])
}

// TestServersFromOneSnapshotShareNothing, also with the access keys of users.
func TestServersFromOneSnapshotShareNothing(t *testing.T) {
	first := prepared(t, accordtest.Quota("accounts-per-organization", "3"))
	first.User("111111111111", "reader", "organizations:List*")
	base := first.Snapshot()
	seen := make(chan string, 4)
	t.Run("servers", func(t *testing.T) {
		for range cap(seen) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				s := accordtest.Start(t, accordtest.From(base))
				if got := units(s); len(got) != 0 || !s.Clock.Now().Equal(accordtest.Epoch) {
					t.Errorf("it begins with %v at %v", got, s.Clock.Now())
				}
				management := s.As("111111111111")
				seen <- management.CreateUnit(management.Root(), "Unit").ID
				// The quota is that of the first server.
				management.Invite("333333333333")
				management.Fails("HandshakeConstraintViolation ACCOUNT_NUMBER_LIMIT_EXCEEDED").Invite("444444444444")
			})
		}
	})
	close(seen)
	var ids []string
	for id := range seen {
		ids = append(ids, id)
	}
	if slices.Sort(ids); len(slices.Compact(ids)) != 1 {
		t.Errorf("the servers made %v", ids)
	}
	if got := units(first); len(got) != 0 {
		t.Errorf("the first server has %v", got)
	}
}

func TestASnapshotIsAFileToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "base.snapshot")
	s := prepared(t)
	if err := s.Snapshot().WriteFile(path); err != nil {
		t.Fatal(err)
	}
	base, err := accordtest.ReadSnapshot(path)
	if err != nil {
		t.Fatal(err)
	}
	other := accordtest.Start(t, accordtest.From(base))
	if got := len(other.As("222222222222").Received()); got != 1 {
		t.Errorf("%d invitations", got)
	}
	if _, err := accordtest.ReadSnapshot(path + "x"); err == nil {
		t.Error("a file that is missing is read")
	}
}
