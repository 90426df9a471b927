package seeding_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/app/apptest"
	"accord/internal/seed"
	"accord/internal/service/seeding"
	"accord/test/require"
)

const open3 = `version: 1
organizations:
- management: {id: 111111111111, name: Management}
  created: 90d
  handshakes: [{to: guest@example.com, requested: 2d}]
- management: {id: 333333333333, name: Half-way}
  created: 90d
  featureSet: CONSOLIDATED_BILLING
  root: {accounts: [{id: 444444444444, name: Member, joined: 20d, joinedMethod: INVITED}]}
  handshakes: [{kind: ENABLE_ALL_FEATURES, requested: 4d}]
- management: {id: 555555555555, name: Other}
  created: 90d
transfers: [{name: Bills, target: 111111111111, source: 555555555555, status: REQUESTED}]
`

// agreements are the handshakes and transfers of a store, with their states.
func agreements(t *testing.T, s *apptest.Service) string {
	t.Helper()
	var d seed.Document
	if err := json.Unmarshal([]byte(whole(t, s)), &d); err != nil {
		t.Fatal(err)
	}
	var all []any
	for _, o := range d.Organizations {
		for i := range o.Handshakes {
			slices.SortFunc(o.Handshakes[i].Answers, func(a, b seed.Answer) int { return strings.Compare(string(a.Account), string(b.Account)) })
		}
		all = append(all, o.ID, o.Handshakes)
	}
	text, err := json.MarshalIndent(append(all, d.Transfers), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatWasOpenAtItsClockExpiresAsOnAServerThatGoesOn: a state that was written down is made
// later, when its invitations have expired. Without its clock the document contradicts itself.
func TestWhatWasOpenAtItsClockExpiresAsOnAServerThatGoesOn(t *testing.T) {
	for _, days := range []int{0, 20, 50, 100, 200}[:require.Amount(2, 5, 5)] {
		goesOn := open(t, "memory", nil)
		apply(t, goesOn, parse(t, open3), seeding.Options{})
		written := whole(t, goesOn)
		later := open(t, "memory", nil)
		for _, s := range []*apptest.Service{goesOn, later} {
			s.Clock.Set(s.Clock.Now().Add(time.Duration(days) * 24 * time.Hour))
			if err := s.Jobs.Idle(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		apply(t, later, parse(t, written), seeding.Options{Prune: true})
		if want, got := agreements(t, goesOn), agreements(t, later); got != want {
			t.Errorf("%d days later it differs:\n%s", days, difference(want, got))
		}
		for name, s := range map[string]*apptest.Service{"made later": later, "that goes on": goesOn} {
			if report := apply(t, s, parse(t, written), seeding.Options{Prune: true}); len(report.Changes) > 0 {
				t.Errorf("%d days later, on the server %s: %v", days, name, report.Changes)
			}
		}
	}
	at := parse(t, strings.Replace(open3, "requested: 2d", "requested: 20d", 1))
	if _, err := open(t, "memory", nil).Apply(context.Background(), at, seeding.Options{}); err == nil {
		t.Error("control: an open invitation of 20 days ago is taken")
	}
}

// TestAgreementsOfEveryStateAndAgeAreMadeOnce: what cannot be is refused with its place; all else
// is there afterwards, or skipped, and a second time changes nothing.
func TestAgreementsOfEveryStateAndAgeAreMadeOnce(t *testing.T) {
	kinds := []struct {
		from, to string
		states   []string
	}{
		{"{to: guest@example.com, requested: 2d}", "{to: guest@example.com, state: %}", []string{"OPEN", "ACCEPTED", "CANCELED", "DECLINED", "EXPIRED"}},
		{"{kind: ENABLE_ALL_FEATURES, requested: 4d}", "{kind: ENABLE_ALL_FEATURES, state: %}", []string{"REQUESTED", "CANCELED", "EXPIRED"}},
		{"status: REQUESTED}", "status: %}", []string{"REQUESTED", "ACCEPTED", "CANCELED", "DECLINED", "EXPIRED", "WITHDRAWN"}},
	}
	made, refused := 0, 0
	for _, kind := range kinds {
		for _, state := range kind.states {
			for _, age := range []string{"", ", requested: 1d", ", requested: 20d", ", requested: 50d", ", requested: 85d", ", requested: 200d"}[:require.Amount(3, 6, 6)] {
				s := open(t, "memory", nil)
				text := strings.Replace(open3, kind.from, strings.Replace(kind.to, "%", state+age, 1), 1)
				_, err := s.Apply(t.Context(), parse(t, text), seeding.Options{})
				var failure *seeding.Failure
				if errors.As(err, &failure) {
					refused++
					if _, instant := errors.AsType[*api.Error](err); !instant && !strings.Contains(failure.Reason(), "expire") {
						t.Errorf("%s%s: %v", state, age, err)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s%s: %v", state, age, err)
					continue
				}
				made++
				if report := apply(t, s, parse(t, text), seeding.Options{}); len(report.Changes) > 0 {
					t.Errorf("%s%s: applied again: %v", state, age, report.Changes)
				}
			}
		}
	}
	if made == 0 || refused == 0 {
		t.Errorf("control: %d were made, %d refused", made, refused)
	}
}
