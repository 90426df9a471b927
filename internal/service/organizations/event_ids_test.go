package organizations_test

import (
	"context"
	"encoding/json"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/org"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// TestEachEventHasAnIDOfItsOwn, also with a seed, when the same job is done again at the
// same instant: receivers take two records with one ID for one event.
func TestEachEventHasAnIDOfItsOwn(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	id := a.create("Made", "made@example.com")
	for _, request := range []string{"first", "second"} {
		ctx := api.WithCaller(context.Background(), api.Caller{Account: alice, RequestID: request})
		if _, err := w.service.CloseAccount(ctx, &orgapi.CloseAccountRequest{AccountId: &id}); err != nil {
			t.Fatal(err)
		}
		w.pass(0)
		w.amend(id, provider.AccountUpdate{State: new(org.Active)})
	}
	seen := map[string]string{}
	records := w.messages(event.MessageKind, func(m store.Message) string {
		var r struct{ EventID string }
		if err := json.Unmarshal([]byte(m.Body), &r); err != nil {
			t.Fatal(err)
		}
		if other, is := seen[r.EventID]; is {
			t.Errorf("two events with one ID:\n%s\n%s", other, m.Body)
		}
		seen[r.EventID] = m.Body
		return r.EventID
	})
	if len(records) < 8 {
		t.Errorf("%d records", len(records))
	}
}
