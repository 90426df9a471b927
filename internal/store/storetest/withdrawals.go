package storetest

import (
	"fmt"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// withdrawals are about the end of many handshakes at once: rows and jobs are those of
// ending one after the other, oldest first, and all others stay as they were.
var withdrawals = []testCase{
	withdrawal("of a kind", store.OpenHandshakes{Organization: ours.ID, Kind: handshake.Invite},
		func(h *handshake.Handshake) bool { return h.Kind == handshake.Invite && h.Expires.After(epoch) }),
	withdrawal("with what they offer", store.OpenHandshakes{Organization: ours.ID, Kind: handshake.Invite, FeatureSet: org.ConsolidatedBilling},
		func(h *handshake.Handshake) bool {
			return h.Kind == handshake.Invite && h.Expires.After(epoch) && h.Offer.FeatureSet == string(org.ConsolidatedBilling)
		}),
	withdrawal("below a parent, also once expired", store.OpenHandshakes{Organization: ours.ID, Kind: handshake.ApproveAllFeatures, Parent: "h-parent"},
		func(h *handshake.Handshake) bool { return h.Parent == "h-parent" }),
	withdrawal("of which there is none", store.OpenHandshakes{Organization: ours.ID, Kind: handshake.TransferResponsibility},
		func(*handshake.Handshake) bool { return false }),
}

func withdrawal(name string, open store.OpenHandshakes, chosen func(*handshake.Handshake) bool) testCase {
	return testCase{"open handshakes end together: " + name, func(t *fixture) {
		all := manyHandshakes()
		var want []handshake.Handshake
		var purges, kept []store.Job
		ended := int64(0)
		expiry := func(h handshake.Handshake) store.Job {
			return store.Job{Organization: h.Originator.Organization, At: h.Expires, Kind: "expires", Subject: string(h.ID)}
		}
		label := []org.Tag{{Key: "k", Value: "v"}}
		tagged := map[ident.HandshakeID][]org.Tag{}
		for _, h := range all {
			h.Sequence = 0
			if h.Originator.Organization == open.Organization && !h.Stored.Terminal() && chosen(&h) {
				ended++
				h.Enter(handshake.Canceled, epoch)
				at := h.PurgeAt()
				if h.Parent != "" && at.Before(h.Expires) {
					at = h.Expires
				}
				purges, tagged[h.ID] = append(purges, store.Job{At: at, Kind: "gone", Subject: string(h.ID), Cause: "cause"}), []org.Tag{}
			} else {
				kept, tagged[h.ID] = append(kept, expiry(h)), label
			}
			want = append(want, h)
		}
		other := store.Job{Organization: ours.ID, At: all[0].Expires, Kind: "other", Subject: string(all[0].ID)}
		t.write(func(tx *store.Tx) error {
			// The oldest comes last, so that the order of insertion is not that of the requests.
			return each(latestFirst(all, requested), func(h handshake.Handshake) error {
				if err := tx.UpsertTags(h.Originator.Organization, string(h.ID), label); err != nil {
					return err
				}
				if err := tx.InsertJob(expiry(h)); err != nil {
					return err
				}
				return tx.InsertHandshake(h)
			})
		})
		t.write(func(tx *store.Tx) error { return tx.InsertJob(other) })
		t.write(func(tx *store.Tx) error {
			n, err := tx.EndHandshakes(open, handshake.Canceled, store.Job{Kind: "expires"}, store.Job{Kind: "gone", Cause: "cause"})
			if err == nil && n != ended {
				t.Errorf("%d ended, want %d", n, ended)
			}
			if at := tx.NextPlannedJob(); err == nil && (at.IsZero() || len(purges) > 0 && at.After(purges[0].At)) {
				t.Errorf("the next job is planned for %v", at)
			}
			return err
		})
		for _, h := range want {
			got := read(t, func(v *store.View) (handshake.Handshake, error) { return v.Handshake(h.ID) })
			got.Sequence = 0
			if got != h {
				t.Errorf("%s is %+v, want %+v", h.ID, got, h)
			}
			wants(t, "the tags of "+string(h.ID), tagged[h.ID], tagsOf(h.Originator.Organization, string(h.ID)))
		}
		due := read(t, func(v *store.View) ([]store.Job, error) { return v.JobsDueBy(epoch.AddDate(1, 0, 0), 1000) })
		byKind := map[string][]store.Job{}
		for _, d := range due {
			byKind[d.Kind] = append(byKind[d.Kind], d)
		}
		if got := byKind["gone"]; fmt.Sprint(got) != fmt.Sprint(sortedByTime(purges)) {
			t.Errorf("planned is %v, want %v", got, sortedByTime(purges))
		}
		if got := len(byKind["expires"]); got != len(kept) {
			t.Errorf("%d jobs are left that end handshakes, want %d", got, len(kept))
		}
		if got := len(byKind["other"]); got != 1 {
			t.Errorf("%d jobs of another kind are left", got)
		}
	}}
}

// manyHandshakes are of all sorts, oldest first, of both organizations; some are older and
// have another retention.
func manyHandshakes() []handshake.Handshake {
	var all []handshake.Handshake
	for i, id := range descending {
		of := func(prefix string, o org.Organization, change func(h *handshake.Handshake)) {
			h := invitationOf(o, ident.HandshakeID(prefix+"-"+id), toAccount(number(i)))
			h.Requested = epoch.Add(time.Duration(i/3-5) * time.Minute)
			change(&h)
			all = append(all, h)
		}
		of("open", ours, func(h *handshake.Handshake) {
			if i%2 == 0 {
				h.Offer.FeatureSet = string(org.ConsolidatedBilling)
			}
			h.Retention += time.Duration(i%3) * time.Hour
		})
		of("foreign", theirs, func(*handshake.Handshake) {})
		of("ended", ours, func(h *handshake.Handshake) { h.Enter(handshake.Declined, epoch) })
		of("late", ours, func(h *handshake.Handshake) { h.Recipient, h.Expires = toEmail(fmt.Sprint(i, "@example.com")), epoch })
		of("child", ours, func(h *handshake.Handshake) {
			h.Kind, h.Parent, h.Offer = handshake.ApproveAllFeatures, "h-parent", handshake.Offer{}
			if i%2 == 0 {
				h.Kind, h.Retention = handshake.AddServiceLinkedRole, time.Hour
			}
			if i%3 == 0 {
				h.Expires = epoch
			}
		})
		of("other-child", ours, func(h *handshake.Handshake) {
			h.Kind, h.Parent, h.Recipient = handshake.ApproveAllFeatures, "h-other", toEmail(fmt.Sprint(i, "@example.com"))
		})
	}
	return all
}

// sortedByTime are jobs in the order in which they are due, which is that of their insertion
// at the same instant.
func sortedByTime(jobs []store.Job) []store.Job {
	for i := range jobs {
		for j := i; j > 0 && jobs[j].At.Before(jobs[j-1].At); j-- {
			jobs[j], jobs[j-1] = jobs[j-1], jobs[j]
		}
	}
	return jobs
}
