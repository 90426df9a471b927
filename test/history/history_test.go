// Package history_test makes random sequences of calls by several accounts and
// compares every answer, and after each step the whole state, with a reference
// model.
//
// A sequence that fails is shrunk to a short one and printed with its seed:
// `go test ./test/history -run … -rapid.seed=N` repeats it, `-rapid.checks=N` makes
// more of them.
package history_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accord/internal/api"
	"accord/internal/app/apptest"
	"accord/internal/quota"
	"accord/internal/service/organizations"
	"accord/test/postgres"
	"accord/test/require"
)

type service = organizations.Service

// actors are few, so that their organizations overlap.
var actors = []string{"111111111111", "222222222222", "333333333333", "444444444444", "555555555555", "666666666666"}

var begin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func TestHistoriesOnSQLite(t *testing.T) { histories(t, "memory", require.Amount(200, 500, 2000)) }

// Each call waits for a network: fewer histories fit into the same time.
func TestHistoriesOnPostgreSQL(t *testing.T) {
	require.Long(t)
	histories(t, postgres.URL(t), 200)
}

// enough is how many histories have every outcome of every action.
const enough = 200

// histories makes count histories, or as many as -rapid.checks says.
func histories(t *testing.T, url string, count int) {
	set("rapid.checks", fmt.Sprint(count))
	set("rapid.steps", "40")
	f, made := open(t, url, nil), 0
	rapid.Check(t, func(t *rapid.T) {
		made++
		h := f.history(t)
		t.Repeat(h.actions())
		h.readState(t)
	})
	// An action that never succeeds, or never fails, is not tested. Rare ones need many
	// histories: a short run, of which rapid makes a fifth, has too few.
	for action := range (&history{}).actions() {
		t.Logf("%-18s %6d succeeded, %6d failed", action, f.done[action], f.failed[action])
		if made >= enough && action != "" && action != "Pass" && (f.done[action] == 0 || f.failed[action] == 0) {
			t.Errorf("%s succeeded %d times and failed %d times", action, f.done[action], f.failed[action])
		}
	}
	t.Logf("evidence: %d histories, %d calls that succeeded and %d that were refused, no difference from the model",
		made, total(f.done), total(f.failed))
}

func total(counts map[string]int) (sum int) {
	for _, count := range counts {
		sum += count
	}
	return sum
}

// given are the flags of the command line, which have precedence.
var given = map[string]bool{}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	os.Exit(m.Run())
}

// set gives a flag of rapid the value for this test.
func set(name, value string) {
	if given[name] {
		return
	}
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}

// attachments is the quota that histories reach when they attach policies.
var attachments = quota.Attachments("SERVICE_CONTROL_POLICY")

// fixture is one service; each history begins with an empty one.
type fixture struct {
	*apptest.Service
	// done and failed count the outcomes of each action.
	done, failed map[string]int
}

// open opens a service with the quotas of the model, except for those that are given.
func open(t *testing.T, url string, other map[quota.Name]int) *fixture {
	t.Helper()
	quotas := map[string]string{
		string(quota.AccountsPerOrganization): fmt.Sprint(accountQuota),
		string(quota.InvitationsPerDay):       "unlimited",
		string(quota.UnitDepth):               fmt.Sprint(depthQuota),
		string(attachments):                   fmt.Sprint(attachmentQuota),
	}
	for name, number := range other {
		quotas[string(name)] = fmt.Sprint(number)
	}
	return &fixture{
		Service: apptest.OpenService(t, apptest.ServiceOptions{Store: url, Start: begin, Seed: 7, Quotas: quotas}),
		done:    map[string]int{}, failed: map[string]int{},
	}
}

// history is one sequence: the service and the model side by side.
type history struct {
	*fixture
	model *model
	// handshakes, parents and policies are the ids that were ever given out, so
	// that calls also name what is no longer there.
	handshakes, parents, policies []string
}

func (f *fixture) history(t *rapid.T) *history {
	if err := f.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.Clock.Set(begin)
	for _, id := range actors {
		if err := f.RequireAccount(apptest.As(context.Background(), id)); err != nil {
			t.Fatal(err)
		}
	}
	return &history{
		fixture:  f,
		model:    newModel(begin, actors...),
		parents:  []string{"r-none", "ou-none-00000000"},
		policies: []string{fullAccess, "p-00000000"},
	}
}

// call calls an operation as the pipeline does and returns the exception, if any.
func call[I, O any, P interface {
	*I
	api.Request
}](t *rapid.T, h *history, a *account, operation func(*service, context.Context, P) (*O, error), in I) (*O, string) {
	request := P(&in)
	if violation := request.Validate(); violation != nil {
		t.Fatalf("a history made an invalid request: %v", violation)
	}
	out, err := operation(h.Service.Service, apptest.As(context.Background(), a.id), request)
	var exception *api.Error
	switch {
	case err == nil:
		return out, ""
	case !errors.As(err, &exception) || exception.Type == "ServiceException":
		t.Fatalf("%s: %v: %v", a.id, err, errors.Unwrap(err))
	case exception.Reason != "":
		return nil, exception.Type + " " + exception.Reason
	}
	return nil, exception.Type
}

// agree fails the history when service and model differ about an answer, and
// reports whether the call succeeded.
func (h *history) agree(t *rapid.T, what, got, want string) bool {
	if got != want {
		t.Fatalf("%s: the service says %q, the model %q\n%s", what, got, want, h.model)
	}
	return got == ""
}

// act is agree for the call that an action is about.
func (h *history) act(t *rapid.T, action string, a *account, got, want string) bool {
	done := h.agree(t, action+" by "+a.id, got, want)
	if done {
		h.done[action]++
	} else {
		h.failed[action]++
	}
	return done
}

// mostly draws a sensible element if there is one, and sometimes any element.
func mostly(t *rapid.T, what string, all []string, sensible func(string) bool) string {
	if rapid.IntRange(0, 9).Draw(t, "any") < 8 {
		if some := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !sensible(s) }); len(some) > 0 {
			return rapid.SampledFrom(some).Draw(t, what)
		}
	}
	return rapid.SampledFrom(all).Draw(t, what)
}

// account draws the account that calls, or that is named.
func (h *history) account(t *rapid.T, what string, sensible func(*account) bool) *account {
	id := mostly(t, what, actors, func(id string) bool { return sensible(h.model.accounts[id]) })
	return h.model.accounts[id]
}

// manager draws a caller for operations of the management account.
func (h *history) manager(t *rapid.T) *account { return h.account(t, "actor", (*account).manages) }

// memberOf draws an account that the caller's organization may have.
func (h *history) memberOf(t *rapid.T, a *account) *account {
	return h.account(t, "other", func(m *account) bool { return m.org != nil && m.org == a.org && m != a })
}
