package seeding_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accord/internal/seed"
	"accord/internal/service/seeding"
	"accord/test/require"
)

// maker draws documents that are valid.
type maker struct {
	*rapid.T
	accounts int
	// members are the names of the accounts of the organization.
	members []string
}

func (m *maker) number(most int, of string) int { return rapid.IntRange(0, most).Draw(m.T, of) }

func (m *maker) one(of string, values ...string) string {
	return rapid.SampledFrom(values).Draw(m.T, of)
}

// age is an age between two.
func (m *maker) age(newest, oldest time.Duration) *seed.When {
	return &seed.When{Age: time.Duration(rapid.Int64Range(int64(newest/time.Second), int64(oldest/time.Second)).Draw(m.T, "age")) * time.Second}
}

const day = 24 * time.Hour

func (m *maker) name() string {
	m.accounts++
	return fmt.Sprintf("account-%02d", m.accounts)
}

func (m *maker) tags() (tags seed.Tags) {
	for i := range m.number(2, "tags") {
		tags = append(tags, seed.Tag{Key: string(rune('a' + i)), Value: m.one("value", "", "x", "y z")})
	}
	return tags
}

func (m *maker) target(policies []string) seed.Target {
	t := seed.Target{Tags: m.tags()}
	for _, p := range policies {
		if m.number(3, "attached") == 0 {
			t.Policies = append(t.Policies, seed.Ref(p))
		}
	}
	return t
}

func (m *maker) account(policies []string, states bool) seed.Account {
	a := seed.Account{Name: m.name(), Joined: m.age(20*day, 100*day), Target: m.target(policies)}
	a.Email = a.Name + "@example.com"
	if m.number(2, "invited") == 0 {
		a.JoinedMethod = "INVITED"
	}
	if states && m.number(3, "state") == 0 {
		a.State = m.one("state", "SUSPENDED", "CLOSED", "PENDING_CLOSURE")
	} else {
		m.members = append(m.members, a.Name)
		if m.number(2, "identities") == 0 {
			a.Groups = []seed.Group{{Identity: seed.Identity{Name: "g", Created: m.age(0, 10*day)}}}
			a.Users = []seed.User{{Identity: seed.Identity{Name: "u", Path: m.one("path", "", "/p/"), Policies: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}}, Groups: []string{"g"}, Tags: m.tags()}}
		}
	}
	return a
}

func (m *maker) unit(depth int, policies []string, states bool) seed.Unit {
	u := seed.Unit{Target: m.target(policies)}
	for range m.number(2, "accounts") {
		u.Accounts = append(u.Accounts, m.account(policies, states))
	}
	if depth < 3 {
		for i := range m.number(2, "units") {
			child := m.unit(depth+1, policies, states)
			child.Name = fmt.Sprintf("Unit %d", i)
			u.Units = append(u.Units, child)
		}
	}
	return u
}

// organization draws an organization. One without all features has no policies.
func (m *maker) organization(n int) seed.Organization {
	m.members = nil
	all := m.number(3, "features") > 0
	o := seed.Organization{
		Created:    &seed.When{Age: 200 * day},
		Management: seed.Account{Name: fmt.Sprintf("management-%d", n), Email: fmt.Sprintf("management-%d@example.com", n)},
		Quotas:     map[string]int64{"accounts-per-organization": 100},
	}
	var policies []string
	if all {
		for i := range m.number(3, "policies") {
			name := fmt.Sprintf("policy-%d", i)
			policies = append(policies, name)
			o.Policies = append(o.Policies, seed.Policy{
				Name: name, Description: m.one("description", "", "what it is for"), Tags: m.tags(),
				Text: seed.Text{Content: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`},
			})
		}
		for _, service := range []string{"config.amazonaws.com", "account.amazonaws.com"} {
			if m.number(1, "service") == 0 {
				o.TrustedServices = append(o.TrustedServices, seed.TrustedService{Service: service, Enabled: m.age(10*day, 100*day)})
			}
		}
	} else {
		o.FeatureSet = "CONSOLIDATED_BILLING"
	}
	o.Root = m.unit(0, policies, all)
	if all && len(o.TrustedServices) > 0 && len(m.members) > 0 {
		o.DelegatedAdministrators = []seed.DelegatedAdministrator{{Account: seed.Ref(m.one("administrator", m.members...)), Service: o.TrustedServices[0].Service}}
	}
	for i := range m.number(4, "handshakes") {
		h := seed.Handshake{To: fmt.Sprintf("guest-%d-%d@example.com", n, i), State: m.one("state", "OPEN", "DECLINED", "CANCELED", "ACCEPTED", "EXPIRED"), Notes: m.one("notes", "", "please")}
		if h.State != "EXPIRED" {
			h.Requested = m.age(time.Hour, 14*day)
		}
		o.Handshakes = append(o.Handshakes, h)
	}
	if !all && m.number(1, "request") == 0 {
		h := seed.Handshake{Kind: "ENABLE_ALL_FEATURES", State: "REQUESTED", Requested: m.age(day, 15*day)}
		o.Root.Accounts = append(o.Root.Accounts, seed.Account{Name: m.name(), JoinedMethod: "INVITED", Joined: &seed.When{Age: 90 * day}})
		o.Handshakes = append(o.Handshakes, h)
	}
	for i := range m.number(2, "creations") {
		o.AccountCreations = append(o.AccountCreations, seed.Creation{
			Name: fmt.Sprintf("creation %d", i), FailureReason: m.one("reason", "INTERNAL_FAILURE", "INVALID_ADDRESS", "ACCOUNT_LIMIT_EXCEEDED"), Requested: m.age(0, 50*day),
		})
	}
	return o
}

func (m *maker) document() *seed.Document {
	d := &seed.Document{Version: 1}
	for range m.number(2, "standalone") {
		d.Accounts = append(d.Accounts, seed.Account{Name: m.name(), State: m.one("state", "", "SUSPENDED")})
	}
	for i := range 1 + m.number(1, "organizations") {
		d.Organizations = append(d.Organizations, m.organization(i))
	}
	return d
}

// TestRandomDocumentsAreMadeOnceAndMadeAgain: what is made changes nothing a second time, and
// what is read of it makes the same in an empty store.
func TestRandomDocumentsAreMadeOnceAndMadeAgain(t *testing.T) {
	for n := range require.Amount(1, 10, 300) {
		d := rapid.Custom(func(r *rapid.T) *seed.Document { return (&maker{T: r}).document() }).Example(n)
		text, err := d.YAML()
		if err != nil {
			t.Fatal(err)
		}
		f, err := seed.Parse(text, seed.Options{Name: "random"})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		s := open(t, "memory", nil)
		if report, err := s.Apply(context.Background(), f, seeding.Options{}); err != nil || len(report.Skipped) > 0 {
			t.Fatalf("document %d: %v, skipped %v\n%s", n, err, report, text)
		}
		if err := s.Jobs.Idle(context.Background()); err != nil {
			t.Fatal(err)
		}
		before := whole(t, s)
		if report := apply(t, s, f, seeding.Options{}); len(report.Changes) > 0 || whole(t, s) != before {
			t.Fatalf("document %d again: %v\n%s", n, report.Changes, text)
		}
		for _, m := range seed.NewIndex(&f.Document).Members {
			if !strings.Contains(before, m.Email) {
				t.Fatalf("document %d: %s is not there", n, m.Email)
			}
		}
		if again(t, s); t.Failed() {
			t.Fatalf("document %d\n%s", n, text)
		}
	}
}
