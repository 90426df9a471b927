package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/config"
	"accord/internal/telemetry"
	"accord/test/postgres"
	"accord/test/require"
)

// on opens an app on a machine whose clock is off by a duration, and returns what it has
// logged when it is closed.
func on(t *testing.T, c config.Config, off time.Duration) (fixture, func() string) {
	t.Helper()
	var log bytes.Buffer
	lines := telemetry.NewBuffer(&log)
	f := fixture{apptest.Open(t, c, app.Options{
		MachineTime: func() time.Time { return time.Now().Add(off) },
		Log:         telemetry.NewLog(lines, telemetry.Options{Format: telemetry.Text}),
	}), t}
	return f, func() string { _ = lines.Flush(); return log.String() }
}

// TestTheJournalDoesNotRunBackwardsWithTheMachine: it was set back between two starts. The
// control is a start that accepts the clock.
func TestTheJournalDoesNotRunBackwardsWithTheMachine(t *testing.T) {
	to2015 := time.Since(time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, by := range []time.Duration{48 * time.Hour, to2015} {
		for _, accept := range []string{"off", "on"} {
			folder := t.TempDir()
			path := filepath.Join(folder, "journal")
			store := "sqlite:" + filepath.Join(folder, "accord.db")
			first, _ := on(t, apptest.Config(t, "store", store, "journal", path), 0)
			handshake := first.invite()
			first.close()
			second, _ := on(t, apptest.Config(t, "store", store, "journal", path, "accept-clock", accept), -by)
			if state := second.stateOf(handshake); state != "OPEN" {
				t.Errorf("set back by %v: the invitation is %v", by, state)
			}
			if status := second.admin(http.MethodGet, "/readyz", ""); (status == http.StatusServiceUnavailable) != (accept == "off") {
				t.Errorf("set back by %v, accepted %s: /readyz is %d", by, accept, status)
			}
			second.must(bob, "AcceptHandshake", `{"HandshakeId": "`+handshake+`"}`)
			second.close()
			invited, accepted := recorded(t, path, "InviteAccountToOrganization"), recorded(t, path, "AcceptHandshake")
			if len(invited) != 1 || len(accepted) != 1 {
				t.Fatalf("%d and %d records", len(invited), len(accepted))
			}
			before, after := fmt.Sprint(invited[0]["eventTime"]), fmt.Sprint(accepted[0]["eventTime"])
			if backwards := after < before; backwards != (accept == "on") {
				t.Errorf("set back by %v, accepted %s: %s is recorded after %s", by, accept, after, before)
			}
		}
	}
	t.Log("evidence: machine set back by 48 h and to 2015 between two starts: records run backwards in 0 of 2, in the control in 2 of 2")
}

// TestInvitationsAreNotGoneWithoutAWord when the machine is far ahead for one start. The
// control is a start with the right clock.
func TestInvitationsAreNotGoneWithoutAWord(t *testing.T) {
	const day = 24 * time.Hour
	for _, ahead := range []time.Duration{0, 400 * day} {
		c := apptest.Config(t, "store", "sqlite:"+filepath.Join(t.TempDir(), "accord.db"))
		first, _ := on(t, c, 0)
		handshake := first.invite()
		first.close()
		second, log := on(t, c, ahead)
		// An invitation that has ended is deleted after 30 days. [AWS: DescribeHandshake]
		if there := strings.Contains(fmt.Sprint(second.must(alice, "ListHandshakesForOrganization", `{}`)), handshake); there != (ahead == 0) {
			t.Errorf("%v ahead: the invitation is there: %t", ahead, there)
		}
		second.close()
		if said := strings.Contains(log(), "what became due meanwhile is done now"); said != (ahead > 0) {
			t.Errorf("%v ahead: said %t: %s", ahead, said, log())
		}
		third, _ := on(t, c, 0)
		if status := third.admin(http.MethodGet, "/readyz", ""); (status == http.StatusServiceUnavailable) != (ahead > 0) {
			t.Errorf("%v ahead before: /readyz is %d", ahead, status)
		}
		third.close()
	}
	t.Log("evidence: machine 400 days ahead for one start: the log says what becomes due, and the next start is not ready; nothing of it in the control")
}

// calling is a call of an operation; ok is false if it was refused.
type calling func(account, operation, input string) (answer map[string]any, ok bool)

// acceptedAfterExpired makes invitations through one server, waits until another shows them
// as expired, accepts them through the first, and counts those that were accepted.
func acceptedAfterExpired(t *testing.T, amount int, one, other calling) (accepted int) {
	t.Helper()
	one(alice, "CreateOrganization", `{}`)
	handshakes := map[string]string{}
	for n := range amount {
		account := fmt.Sprintf("3%011d", n)
		one(account, "ListHandshakesForAccount", `{}`)
		answer, ok := one(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+account+`", "Type": "ACCOUNT"}}`)
		if !ok {
			t.Fatalf("inviting: %v", answer)
		}
		handshakes[account] = answer["Handshake"].(map[string]any)["Id"].(string)
	}
	for account, id := range handshakes {
		input := `{"HandshakeId": "` + id + `"}`
		eventually(t, "the end of an invitation", func() bool {
			answer, ok := other(alice, "DescribeHandshake", input)
			return ok && answer["Handshake"].(map[string]any)["State"] == "EXPIRED"
		})
		if _, ok := one(account, "AcceptHandshake", input); ok {
			accepted++
		}
	}
	return accepted
}

// TestNothingIsAcceptedThatAnotherServerShowsAsExpired, with clocks that differ by five
// minutes. The control has two clocks that nothing corrects.
func TestNothingIsAcceptedThatAnotherServerShowsAsExpired(t *testing.T) {
	amount := require.Amount(0, 20, 300)
	// Long enough for all invitations to be made before the first one ends.
	lifetime := fmt.Sprintf("%ds", 2+amount/10)
	c := apptest.Config(t, "store", postgres.URL(t), "behavior", "invitation-lifetime="+lifetime, "quota", "invitations-per-day=unlimited", "quota", "accounts-per-organization=unlimited")
	slow, _ := on(t, c, -5*time.Minute)
	defer slow.close()
	right, _ := on(t, c, 0)
	defer right.close()
	through := func(f fixture) calling {
		return func(account, operation, input string) (map[string]any, bool) {
			answer, exception := f.try(account, operation, input)
			return answer, exception == ""
		}
	}
	accepted := acceptedAfterExpired(t, amount, through(slow), through(right))
	if accepted > 0 {
		t.Errorf("%d of %d expired invitations were accepted", accepted, amount)
	}

	url, begin := postgres.URL(t), start
	uncorrected := func(at time.Time) calling {
		s := apptest.OpenService(t, apptest.ServiceOptions{
			Store: url, Start: at, Seed: uint64(at.Unix()), Behavior: map[string]string{"invitation-lifetime": "30s"},
			Quotas: map[string]string{"invitations-per-day": "unlimited", "accounts-per-organization": "unlimited"},
		})
		return func(account, operation, input string) (answer map[string]any, ok bool) {
			op := orgapi.Operations[operation]
			in := op.NewRequest()
			if err := json.Unmarshal([]byte(input), in); err != nil {
				t.Fatal(err)
			}
			s.Ensure(t, account)
			out, err := op.Invoke(apptest.As(t.Context(), account), s.Service, in)
			if err != nil {
				return map[string]any{"error": err.Error()}, false
			}
			text, err := json.Marshal(out)
			if err == nil {
				err = json.Unmarshal(text, &answer)
			}
			return answer, err == nil
		}
	}
	found := acceptedAfterExpired(t, amount, uncorrected(begin), uncorrected(begin.Add(5*time.Minute)))
	if found != amount {
		t.Errorf("the control: %d of %d expired invitations were accepted", found, amount)
	}
	t.Logf("evidence: clocks 5 min apart: %d of %d invitations accepted that the other server showed as EXPIRED, in the control %d", accepted, amount, found)
}
