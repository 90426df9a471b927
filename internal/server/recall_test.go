package server_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/server"
)

// TestKeptAnswersEndCalls: they are sent, logged and recorded like others, to who signed the
// request, and while there are faults not at all.
func TestKeptAnswersEndCalls(t *testing.T) {
	const kept = `{"Name":"kept"}`
	asked := 0
	b := start(t, func(_ *fixture, c *server.Config) {
		c.Services[0].Kept = func(op *api.Operation, caller *api.Caller, request []byte) []byte {
			asked++
			if op.Name == "Look" && caller.Account == "111122223333" && string(request) == look().body {
				return []byte(kept)
			}
			return nil
		}
		// Its protocol has no answers that can be kept.
		c.Services[1].Kept = func(*api.Operation, *api.Caller, []byte) []byte { t.Error("a form was asked for"); return []byte(kept) }
	})
	with := func(change func(*call)) call { c := look(); change(&c); return c }
	for _, step := range []struct {
		what   string
		call   call
		status int
		body   string
		// runs says whether the operation ran, asks how often the service was asked.
		runs, asks int
	}{
		{"kept", look(), 200, kept, 0, 1},
		{"another caller", with(func(c *call) { c.key = "222233334444" }), 200, `{"Name":"n"}`, 1, 1},
		{"another request", with(func(c *call) { c.body = `{"Name":"o"}` }), 200, `{"Name":"o"}`, 1, 1},
		{"a change", with(func(c *call) { c.target = "Things.Change" }), 200, `{"Name":"n"}`, 1, 0},
		{"a protocol without", form(), 200, "", 1, 0},
		{"without a signature", with(func(c *call) { c.key = "" }), 400, "", 0, 0},
		{"signed for another service", with(func(c *call) { c.scope = "tokens" }), 400, "", 0, 0},
		{"not JSON", with(func(c *call) { c.body = "{" }), 400, "", 0, 1},
	} {
		ran, before := b.invocations(), asked
		got := b.must(step.call)
		if got.status != step.status || step.body != "" && got.body != step.body || b.invocations()-ran != step.runs || asked-before != step.asks {
			t.Errorf("%s: %d %s, run %d times, asked %d times", step.what, got.status, got.body, b.invocations()-ran, asked-before)
		}
	}
	if line := b.lines(8)[0]; line["operation"] != "Look" || line["account"] != "111122223333" || line["outcome"] != "Success" {
		t.Errorf("logged %v", line)
	}
	name := "n"
	b.mu.Lock()
	if r := b.records[0]; r.Operation != "Look" || r.Caller.Account != "111122223333" || r.Caller.RequestID == "" || !cmp.Equal(r.Request, api.Request(&request{Name: &name})) {
		t.Errorf("recorded %+v", r)
	}
	b.mu.Unlock()
	if _, err := b.faults.Add(ruleOf(`{"exception":"ThingNotFoundException","next":1}`)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{400, 200} {
		if got := b.must(look()); got.status != want {
			t.Errorf("with a fault: %d %s, want %d", got.status, got.body, want)
		}
	}
}
