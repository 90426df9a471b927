package models_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/explain"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
	"accord/internal/store/identities"
	"accord/internal/store/models"
	"accord/internal/whatif/model"
	"accord/test/postgres"
	"accord/test/require"
)

// TestAPartOfAnOrganizationExplainsAsTheWhole: what is read around the accounts of a call gives
// the explanation that the whole organization gives, for random organizations and calls, on each
// engine. The control reads only around the account that calls, which has to miss some policies
// of resources.
func TestAPartOfAnOrganizationExplainsAsTheWhole(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{"SQLite": func(*testing.T) string { return "memory" }, "PostgreSQL": func(t *testing.T) string { return postgres.URL(t) }} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			s, err := store.Open(t.Context(), url(t), store.Options{Clock: &clock.System{}, Source: ident.NewSeededSource(1)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			decisions, missed := map[string]int{}, 0
			for n := range require.Amount(2, 4, 40) {
				o := randomOrganization(r, n)
				if err := s.Update(t.Context(), o.insert); err != nil {
					t.Fatal(err)
				}
				for range 40 {
					request := o.randomRequest(r)
					whole, part, alone := explained(t, s, o.id, request)
					if whole != part {
						t.Fatalf("%+v\nthe whole organization: %s\nthe part of it: %s", request, whole, part)
					}
					if alone != whole {
						missed++
					}
					decisions[decisionOf(whole)]++
				}
			}
			if decisions["allowed"] == 0 || decisions["denied"] == 0 || decisions["error"] == 0 || missed == 0 {
				t.Errorf("the calls have no variety: %v, %d depend on another account", decisions, missed)
			}
		})
	}
}

// explained explains a call by all of an organization, by the part around its accounts, and by the
// part around the account that calls.
func explained(t *testing.T, s *store.Store, id ident.OrganizationID, request explain.Request) (whole, part, alone string) {
	t.Helper()
	err := s.View(t.Context(), func(v *store.View) error {
		stored, err := v.Organization(id)
		all, err2 := models.Read(v, id)
		around, err3 := models.Around(v, id, append(request.Accounts(), stored.Management)...)
		caller, err4 := models.Around(v, id, request.Account)
		if err := errors.Join(err, err2, err3, err4); err != nil {
			return err
		}
		around.At, caller.At = all.At, all.At
		whole, part, alone = explanation(all, request), explanation(around, request), explanation(caller, request)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return whole, part, alone
}

func explanation(o *model.Organization, request explain.Request) string {
	e, err := explain.Explain(o, request)
	if err != nil {
		return "error: " + err.Error()
	}
	text, err := json.Marshal(e)
	return fmt.Sprint(string(text), err)
}

func decisionOf(explanation string) string {
	var e struct{ Decision string }
	if len(explanation) < 5 || explanation[:5] == "error" {
		return "error"
	}
	_ = json.Unmarshal([]byte(explanation[:len(explanation)-len("<nil>")]), &e)
	return e.Decision
}

// sample is an organization that is inserted, and asked about.
type sample struct {
	id       ident.OrganizationID
	accounts []ident.AccountID
	insert   func(*store.Tx) error
}

// randomOrganization makes an organization of a few accounts at any depth, with policies
// anywhere, and users and roles with policies of their own.
func randomOrganization(r *rand.Rand, n int) sample {
	o := sample{id: ident.OrganizationID(fmt.Sprintf("o-sample%04d", n))}
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	var steps []func(*store.Tx) error
	step := func(f func(*store.Tx) error) { steps = append(steps, f) }
	type place struct {
		id   ident.ParentID
		path string
	}
	root := ident.RootID(fmt.Sprintf("r-%04d", n))
	places := []place{{ident.ParentID(root), string(o.id) + "/" + string(root) + "/"}}
	targets := []ident.TargetID{root.Target()}
	for i := range 7 {
		account := ident.AccountID(fmt.Sprintf("%07d%05d", n+1, i))
		o.accounts = append(o.accounts, account)
		step(func(tx *store.Tx) error {
			return tx.InsertAccount(org.Account{ID: account, Name: "n" + string(account), Email: ident.Email(string(account) + "@example.com"), State: org.Active, Registered: now})
		})
	}
	step(func(tx *store.Tx) error {
		return tx.InsertOrganization(org.Organization{ID: o.id, Management: o.accounts[0], Root: root, FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: now})
	})
	for i := range 6 {
		above := places[r.IntN(len(places))]
		unit := ident.UnitID(fmt.Sprintf("ou-%04d-%08d", n, i))
		below := place{ident.ParentID(unit), above.path + string(unit) + "/"}
		places, targets = append(places, below), append(targets, unit.Target())
		step(func(tx *store.Tx) error {
			return tx.InsertUnit(org.Unit{Organization: o.id, ID: unit, Parent: above.id, Name: "u" + string(unit), Path: below.path, Depth: 1, Created: now})
		})
	}
	for _, account := range o.accounts {
		in := places[r.IntN(len(places))]
		targets = append(targets, account.Target())
		step(func(tx *store.Tx) error {
			return tx.InsertMembership(account, org.Membership{Organization: o.id, Parent: in.id, ParentPath: in.path, Method: org.Created, Joined: now})
		})
	}
	for i, kind := range []org.PolicyType{policy.ServiceControl, policy.ResourceControl} {
		if r.IntN(8) == 0 {
			continue // A type that is not enabled.
		}
		enablement := int64(10*n + i + 1)
		step(func(tx *store.Tx) error {
			return tx.InsertEnabledPolicyType(o.id, org.EnabledPolicyType{Type: kind, EnablementID: enablement, Since: now})
		})
		for p := range 5 {
			id := ident.PolicyID(fmt.Sprintf("p-%04d%d%03d", n, i, p))
			content := randomPolicy(r, kind == policy.ResourceControl)
			step(func(tx *store.Tx) error {
				return tx.InsertPolicy(org.Policy{Organization: o.id, ID: id, Type: kind, Name: "p" + string(id), Content: content, Digest: "d", Position: int64(10*i + p)})
			})
			for a := range r.IntN(4) {
				target := targets[r.IntN(len(targets))]
				step(func(tx *store.Tx) error {
					return tx.UpsertAttachment(o.id, enablement, org.Attachment{Target: target, Policy: id, Position: int64(100*p + a)})
				})
			}
		}
		if target := targets[r.IntN(len(targets))]; kind == policy.ServiceControl {
			step(func(tx *store.Tx) error {
				return tx.UpsertAttachment(o.id, enablement, org.Attachment{Target: target, Policy: policy.FullAWSAccess, Detached: true})
			})
		}
	}
	for _, account := range o.accounts {
		user := iam.Identity{Account: account, Kind: iam.User, ID: "AIDA" + string(account), Name: "eva", Path: "/", Created: now}
		staff := iam.Identity{Account: account, Kind: iam.Group, ID: "AGPA" + string(account), Name: "staff", Path: "/", Created: now}
		role := iam.Identity{Account: account, Kind: iam.Role, ID: "AROA" + string(account), Name: "Deploy", Path: "/", Created: now, RoleSettings: iam.RoleSettings{TrustPolicy: fmt.Sprintf(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole"}]}`, o.accounts[r.IntN(len(o.accounts))])}}
		limit := iam.ManagedPolicy{Account: account, ID: "ANPA" + string(account), Name: "limit", Path: "/", DefaultVersion: 1, LastVersion: 1, Created: now, Updated: now}
		texts := []string{randomPolicy(r, false), randomPolicy(r, false), randomPolicy(r, false)}
		step(func(tx *store.Tx) error {
			return errors.Join(
				identities.Insert(tx, staff), identities.Insert(tx, user), identities.Insert(tx, role), identities.AddMember(tx, staff, user),
				identities.InsertPolicy(tx, limit), identities.InsertVersion(tx, limit, iam.Version{Number: 1, Document: texts[0], Created: now}),
				identities.Attach(tx, staff, limit.ID, limit.Name), identities.PutInlinePolicy(tx, user, iam.InlinePolicy{Name: "own", Document: texts[1]}),
				identities.PutInlinePolicy(tx, role, iam.InlinePolicy{Name: "own", Document: texts[2]}),
			)
		})
	}
	o.insert = func(tx *store.Tx) error {
		for _, f := range steps {
			if err := f(tx); err != nil {
				return err
			}
		}
		return nil
	}
	return o
}

var actions = []string{"s3:GetObject", "sqs:SendMessage", "sts:AssumeRole", "organizations:LeaveOrganization"}

// randomPolicy is a policy of one or two statements about the actions.
func randomPolicy(r *rand.Rand, ofResources bool) string {
	var statements []map[string]any
	for range 1 + r.IntN(2) {
		s := map[string]any{"Effect": []string{"Allow", "Deny"}[r.IntN(2)], "Action": []string{actions[r.IntN(len(actions))], "*"}[r.IntN(2)], "Resource": "*"}
		if ofResources {
			s["Principal"], s["Effect"] = "*", "Deny"
		}
		if r.IntN(2) == 0 {
			s["Condition"] = map[string]any{"ForAnyValue:StringLike": map[string]any{"aws:PrincipalOrgPaths": "o-*/ou-*" + fmt.Sprint(r.IntN(6)) + "/*"}}
		}
		statements = append(statements, s)
	}
	text, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	return string(text)
}

// randomRequest is a call of a principal, on a resource of any account.
func (o *sample) randomRequest(r *rand.Rand) explain.Request {
	one := func() ident.AccountID { return o.accounts[r.IntN(len(o.accounts))] }
	owner := []ident.AccountID{one(), one(), "999999999999"}[r.IntN(3)]
	return explain.Request{
		Account:   one(),
		Principal: []string{"", "user/eva", "role/Deploy", "user/none"}[r.IntN(4)],
		Action:    actions[r.IntN(len(actions))],
		Resource: []string{
			"", "*", "arn:aws:s3:::bucket/key", "arn:aws:sqs:eu-west-1:" + string(owner) + ":queue", "arn:aws:iam::" + string(owner) + ":role/Deploy",
		}[r.IntN(5)],
		Keys: map[string]model.Key{},
	}
}
