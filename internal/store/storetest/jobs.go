package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/ident"
	"accord/internal/store"
)

var jobs = []testCase{
	{"jobs are due in the order of time, rank and insertion", func(t *fixture) {
		var want []store.Job
		for _, at := range []time.Time{epoch.Add(-time.Microsecond), epoch} {
			for _, rank := range []int{-1, 0, 1} {
				for _, subject := range []string{"é", "B", "a"} {
					for _, kind := range []string{"a", "Z"} {
						d := store.Job{At: at, Rank: rank, Subject: subject, Kind: kind}
						if (len(subject)+len(kind))%2 == 0 {
							d.Organization = ours.ID
						}
						want = append(want, d)
					}
				}
			}
		}
		later := store.Job{At: epoch.Add(time.Microsecond), Kind: "later", Subject: "later"}
		t.write(func(tx *store.Tx) error {
			return each(append(latestFirst(want, func(d store.Job) time.Time { return d.At.Add(time.Duration(d.Rank)) }), later), tx.InsertJob)
		})
		for limit := 1; limit <= len(want)+1; limit++ {
			wants(t, "due now", want[:min(limit, len(want))], func(v *store.View) ([]store.Job, error) { return v.JobsDueBy(epoch, limit) })
		}
		wants(t, "due later", append(want, later), func(v *store.View) ([]store.Job, error) { return v.JobsDueBy(later.At, 100) })
		wants(t, "due first", want[0], func(v *store.View) (store.Job, error) { return v.NextJob() })
	}},
	{"an organization sees its own pending jobs", func(t *fixture) {
		before := store.Job{Organization: ours.ID, At: epoch.Add(-time.Hour), Kind: "k", Subject: "before"}
		now := store.Job{Organization: ours.ID, At: epoch, Kind: "k", Subject: "now"}
		later := store.Job{Organization: ours.ID, At: epoch.Add(time.Microsecond), Kind: "k", Subject: "later"}
		foreign, nobody := before, before
		foreign.Organization, nobody.Organization = theirs.ID, ""
		t.write(func(tx *store.Tx) error { return each([]store.Job{later, now, foreign, nobody, before}, tx.InsertJob) })
		of := func(v *store.View) ([]store.Job, error) { return v.PendingJobs(ours.ID, 100) }
		wants(t, "now", []store.Job{before, now}, of)
		wants(t, "the first", []store.Job{before}, func(v *store.View) ([]store.Job, error) { return v.PendingJobs(ours.ID, 1) })
		t.pass(time.Microsecond)
		wants(t, "a moment later", []store.Job{before, now, later}, of)
	}},
	{"a transaction knows the earliest instant of the jobs that it inserted", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			if at := tx.NextPlannedJob(); !at.IsZero() {
				t.Errorf("without any work it is %v", at)
			}
			for _, after := range []time.Duration{2 * time.Hour, time.Hour, 3 * time.Hour} {
				if err := tx.InsertJob(store.Job{At: epoch.Add(after), Kind: "k"}); err != nil {
					return err
				}
			}
			if at := tx.NextPlannedJob(); !at.Equal(epoch.Add(time.Hour)) {
				t.Errorf("it is %v", at)
			}
			return nil
		})
	}},
	{"a job that is inserted twice runs once", func(t *fixture) {
		misses(t, "without any", func(v *store.View) (store.Job, error) { return v.NextJob() })
		d := store.Job{Organization: ours.ID, At: epoch, Rank: 1, Kind: "k", Subject: "s", Cause: "first"}
		again := d
		again.Cause = "second"
		t.write(func(tx *store.Tx) error { return tx.InsertJob(d) })
		t.write(func(tx *store.Tx) error { return tx.InsertJob(again) })
		wants(t, "of the first cause", d, func(v *store.View) (store.Job, error) { return v.NextJob() })
		for name, other := range map[string]store.Job{
			"of another organization": {Organization: theirs.ID, At: epoch, Rank: 1, Kind: "k", Subject: "s"},
			"at another instant":      {Organization: ours.ID, At: epoch.Add(time.Microsecond), Rank: 1, Kind: "k", Subject: "s"},
			"of another rank":         {Organization: ours.ID, At: epoch, Rank: 2, Kind: "k", Subject: "s"},
			"of another kind":         {Organization: ours.ID, At: epoch, Rank: 1, Kind: "l", Subject: "s"},
			"on another subject":      {Organization: ours.ID, At: epoch, Rank: 1, Kind: "k", Subject: "t"},
		} {
			if take(t, other) {
				t.Errorf("work %s was taken", name)
			}
		}
		for _, want := range []bool{true, false} {
			if got := take(t, d); got != want {
				t.Errorf("taken: %v, want %v", got, want)
			}
		}
	}},
	{"an account is read together with whether jobs are pending", func(t *fixture) {
		t.foundWithMembers(1)
		t.pass(time.Hour)
		at := t.clock.Now()
		pending := func(id ident.AccountID) (place store.AccountWithOrganization) {
			t.write(func(tx *store.Tx) (err error) {
				place, err = tx.AccountWithPendingJobs(id)
				return err
			})
			return place
		}
		planned := func(o ident.OrganizationID, at time.Time) {
			t.write(func(tx *store.Tx) error {
				return tx.InsertJob(store.Job{Organization: o, At: at, Kind: "k", Subject: "s"})
			})
		}
		planned("", at)
		planned(theirs.ID, at)
		planned(ours.ID, at.Add(time.Microsecond))
		wants(t, "where nothing is", pending(number(0)), func(v *store.View) (store.AccountWithOrganization, error) {
			return v.AccountWithOrganization(number(0))
		})
		planned(ours.ID, at)
		for _, id := range []ident.AccountID{number(0), ours.Management} {
			if place := pending(id); !place.PendingJobs || place.Organization == nil || *place.Organization != ours {
				t.Errorf("%s sees %+v", id, place)
			}
		}
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(accountOf(number(9))) })
		if place := pending(number(9)); place.PendingJobs || place.Organization != nil {
			t.Errorf("a standalone account sees %+v", place)
		}
	}},
	{"a counter is released while its job is still scheduled", func(t *fixture) {
		d := store.Job{Organization: ours.ID, At: epoch, Kind: "k", Subject: "s"}
		other := d
		other.Subject = "t"
		t.write(func(tx *store.Tx) error {
			return errors.Join(tx.InsertJob(d), tx.InsertJob(other), tx.AddToCounter(ours.ID, "a", 3), tx.AddToCounter(ours.ID, "b", 3), tx.AddToCounter(theirs.ID, "a", 3))
		})
		for range 2 {
			t.write(func(tx *store.Tx) error { return tx.ReleaseCounter(d, "a") })
		}
		wants(t, "the number", 2, countOf(ours.ID, "a"))
		wants(t, "another one", 3, countOf(ours.ID, "b"))
		wants(t, "that of others", 3, countOf(theirs.ID, "a"))
		wants(t, "what is left", []store.Job{other}, func(v *store.View) ([]store.Job, error) { return v.PendingJobs(ours.ID, 100) })
		t.write(func(tx *store.Tx) error { return tx.ReleaseCounter(other, "never counted") })
		wants(t, "what was never counted", 0, countOf(ours.ID, "never counted"))
	}},
	{"a handshake is read together with whether jobs of its sender are pending", func(t *fixture) {
		t.foundBoth()
		h := invitationOf(ours, "h-1", toAccount(number(1)))
		t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
		at := t.clock.Now()
		for _, step := range []struct {
			planned store.Job
			pending bool
		}{
			{store.Job{At: at}, false},
			{store.Job{Organization: theirs.ID, At: at}, false},
			{store.Job{Organization: ours.ID, At: at.Add(time.Microsecond)}, false},
			{store.Job{Organization: ours.ID, At: at}, true},
		} {
			step.planned.Kind, step.planned.Subject = "k", "s"
			var got store.HandshakeWithPendingJobs
			t.write(func(tx *store.Tx) (err error) {
				if err = tx.InsertJob(step.planned); err == nil {
					got, err = tx.HandshakeWithPendingJobs(h.ID)
				}
				return err
			})
			if diff := cmp.Diff(store.HandshakeWithPendingJobs{Handshake: h, PendingJobs: step.pending}, got, noSequences); diff != "" {
				t.Errorf("with %+v it is (-want +got):\n%s", step.planned, diff)
			}
		}
		t.clock.Set(h.Expires.Add(30 * day))
		t.refuses(store.ErrNotFound, func(tx *store.Tx) error {
			_, err := tx.HandshakeWithPendingJobs(h.ID)
			return err
		})
	}},
	{"a deleted job does not run", func(t *fixture) {
		d := store.Job{Organization: ours.ID, At: epoch, Rank: 1, Kind: "k", Subject: "s"}
		kept := d
		kept.Subject = "t"
		t.write(func(tx *store.Tx) error { return errors.Join(tx.InsertJob(d), tx.InsertJob(kept)) })
		for range 2 {
			t.write(func(tx *store.Tx) error { return tx.DeleteJob(d) })
		}
		wants(t, "what is left", []store.Job{kept}, func(v *store.View) ([]store.Job, error) { return v.PendingJobs(ours.ID, 100) })
	}},
}

func take(t *fixture, d store.Job) bool {
	t.Helper()
	var taken bool
	t.write(func(tx *store.Tx) (err error) {
		taken, err = tx.ClaimJob(d)
		return err
	})
	return taken
}
