package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/provider"
	"accord/test/facts"
)

// start is the time of every server, within a month; the clock does not move, so that
// no job becomes due between two cases.
var start = time.Date(2026, 11, 10, 8, 0, 0, 0, time.UTC)

// server is one app that listens, on a copy of the fixture.
type server struct {
	*app.App
	facts  *facts.Service
	style  style
	url    string
	client *http.Client
	// folder holds the store, stored its bytes when they were last read, and scratch is
	// memory for them.
	folder          string
	stored, scratch []byte
	// requestIDs are those that were given.
	requestIDs map[string]bool
	// commitError, when set, is the outcome of every commit.
	commitError atomic.Pointer[error]
}

const file = "accord.db"

// serve opens a server on the bytes of a store; on an empty one without. Settings are
// name, value, name, value.
func serve(t *testing.T, f *facts.Service, s style, store []byte, settings ...string) *server {
	t.Helper()
	in := &server{facts: f, style: s, folder: t.TempDir(), requestIDs: map[string]bool{}}
	path := filepath.Join(in.folder, file)
	if store != nil {
		if err := os.WriteFile(path, store, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := apptest.Config(t, append([]string{
		"store", "sqlite:" + path, "clock", "virtual", "behavior", "wire-style=" + string(s),
		"quota", "accounts-per-organization=100", "quota", fmt.Sprintf("tags-per-resource=%d", mostTags),
	}, settings...)...)
	in.App = apptest.Open(t, c, app.Options{Start: start, BeforeCommit: func() error {
		if failure := in.commitError.Load(); failure != nil {
			return *failure
		}
		return nil
	}})
	apptest.Listen(t, in.App)
	in.url = "http://" + in.Address() + "/"
	in.client = &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Minute}
	in.changed()
	return in
}

func (in *server) close(t *testing.T) {
	t.Helper()
	in.client.CloseIdleConnections()
	apptest.Close(t, in.App)
}

// changed reports whether anything was committed since the last call: commits, and
// nothing else, write to the file of the store or to its write-ahead log.
func (in *server) changed() bool {
	now := bytes.NewBuffer(in.scratch[:0])
	for _, name := range []string{file, file + "-wal"} {
		part, err := os.Open(filepath.Join(in.folder, name))
		if err == nil {
			_, err = now.ReadFrom(part)
			err = errors.Join(err, part.Close())
		}
		if err != nil {
			panic(err)
		}
	}
	same := bytes.Equal(now.Bytes(), in.stored)
	in.scratch, in.stored = in.stored, now.Bytes()
	return !same
}

// The accounts of the fixture. Those of the second half are in organizations of
// their own.
const (
	management = "111111111111"
	delegate   = "222222222222"
	member     = "333333333333"
	invited    = "444444444444"
	stranger   = "555555555555"

	// source has been asked to hand over its bill, partner has done so.
	source  = "666666666661"
	partner = "666666666662"
	// billing shares its bill only; switching is on its way from there to all
	// features, and waits for approver.
	billing   = "777777777771"
	switching = "777777777772"
	approver  = "777777777773"
	// founder has an empty organization.
	founder = "888888888888"
)

// tags is how many tags the empty unit has, more than a page; mostTags is how many
// a resource can have.
const tags, mostTags = 55, 60

// fixture is the state that the cases find: the bytes of a store, and the ids of its
// objects.
type fixture struct {
	store []byte

	root, unit, emptyUnit string
	created, creation     string
	suspended             string
	invitation, canceled  string
	question, approval    string
	// late is an invitation to delegate, which has joined another organization.
	late            string
	asked, agreed   string
	serviceControl  string
	resourceControl string
	tagging, spare  string
	delegation      string
	// foreign are ids of other organizations.
	foreign []string
	// lastOfMonth and firstOfMonth are instants for transfers.
	firstOfMonth, lastOfMonth int
}

// build makes the fixture, through the API alone.
func build(t *testing.T, f *facts.Service, s style) *fixture {
	t.Helper()
	in := serve(t, f, s, nil)
	b := &builder{t, in}
	w := &fixture{
		firstOfMonth: int(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).Unix()),
		lastOfMonth:  int(time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC).Unix()),
	}
	b.organization(w)
	b.policies(w)
	b.others(w)
	b.transfers(w)
	in.close(t)
	store, err := os.ReadFile(filepath.Join(in.folder, file))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(in.folder, file+"-wal")); err == nil {
		t.Fatal("the store was closed and still has a write-ahead log")
	}
	w.store = store
	return w
}

// builder calls operations that have to succeed.
type builder struct {
	t  *testing.T
	in *server
}

// do calls an operation and returns the value at a path of its answer.
func (b *builder) do(account, operation string, request body, path ...any) string {
	b.t.Helper()
	a, err := b.in.call(account, operation, request.bytes())
	if err != nil || a.status != http.StatusOK {
		b.t.Fatalf("building the fixture: %s %s: %d %s %v", operation, request.bytes(), a.status, a.body, err)
	}
	var at any
	if err := json.Unmarshal(a.body, &at); err != nil {
		b.t.Fatal(err)
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			at = at.(map[string]any)[step]
		case int:
			at = at.([]any)[step]
		}
	}
	text, _ := at.(string)
	return text
}

// join makes an account a member by invitation.
func (b *builder) join(by, account string) {
	b.t.Helper()
	id := b.do(by, "InviteAccountToOrganization", body{"Target": accountTarget(account)}, "Handshake", "Id")
	b.do(account, "AcceptHandshake", body{"HandshakeId": id})
}

// runJobs runs the jobs that are due.
func (b *builder) runJobs() {
	b.t.Helper()
	if err := b.in.Clock.Advance(context.Background(), 0); err != nil {
		b.t.Fatal(err)
	}
}

func accountTarget(id string) body { return body{"Type": "ACCOUNT", "Id": id} }

func tag(key, value string) any { return body{"Key": key, "Value": value} }

func (b *builder) organization(w *fixture) {
	b.t.Helper()
	b.do(management, "CreateOrganization", body{"FeatureSet": "ALL"})
	w.root = b.do(management, "ListRoots", body{}, "Roots", 0, "Id")
	unit := func(name string, tags ...any) string {
		return b.do(management, "CreateOrganizationalUnit", body{"ParentId": w.root, "Name": name, "Tags": tags}, "OrganizationalUnit", "Id")
	}
	w.unit, w.emptyUnit = unit("Workloads", tag("team", "blue")), unit("Sandbox")
	for begin := 0; begin < tags; begin += 5 {
		var some []any
		for i := range 5 {
			some = append(some, tag(fmt.Sprintf("key-%02d", begin+i), "value"))
		}
		b.do(management, "TagResource", body{"ResourceId": w.emptyUnit, "Tags": some})
	}
	b.do(founder, "CreateOrganization", body{})
	w.late = b.do(founder, "InviteAccountToOrganization", body{"Target": accountTarget(delegate)}, "Handshake", "Id")
	b.join(management, delegate)
	b.join(management, member)
	b.do(management, "MoveAccount", body{"AccountId": member, "SourceParentId": w.root, "DestinationParentId": w.unit})
	for _, name := range []string{"First", "Second"} {
		w.suspended = w.created
		w.creation = b.do(management, "CreateAccount", body{"AccountName": name, "Email": name + "@example.com"}, "CreateAccountStatus", "Id")
		b.runJobs()
		w.created = b.do(management, "DescribeCreateAccountStatus", body{"CreateAccountRequestId": w.creation}, "CreateAccountStatus", "AccountId")
	}
	w.invitation = b.do(management, "InviteAccountToOrganization",
		body{"Target": accountTarget(invited), "Notes": "Welcome", "Tags": []any{tag("team", "red")}}, "Handshake", "Id")
	suspended := org.Suspended
	if _, err := b.in.Provider.UpdateAccount(context.Background(), ident.AccountID(w.suspended), provider.AccountUpdate{State: &suspended}); err != nil {
		b.t.Fatal(err)
	}
	w.canceled = b.do(management, "InviteAccountToOrganization", body{"Target": accountTarget(founder)}, "Handshake", "Id")
	b.do(management, "CancelHandshake", body{"HandshakeId": w.canceled})
	// An account exists from its first call on.
	b.do(stranger, "ListHandshakesForAccount", body{})
	b.do(founder, "InviteAccountToOrganization", body{"Target": accountTarget(invited)})

	for _, service := range []string{"config", "sso", "ram", "access-analyzer", "securityhub"} {
		b.do(management, "EnableAWSServiceAccess", body{"ServicePrincipal": service + ".amazonaws.com"})
	}
	for _, service := range []string{"config", "sso"} {
		b.do(management, "RegisterDelegatedAdministrator", body{"AccountId": delegate, "ServicePrincipal": service + ".amazonaws.com"})
	}
	b.do(management, "RegisterDelegatedAdministrator", body{"AccountId": w.created, "ServicePrincipal": "config.amazonaws.com"})
	w.delegation = b.do(management, "PutResourcePolicy", body{"Content": delegationPolicy}, "ResourcePolicy", "ResourcePolicySummary", "Id")
}

// The documents of the fixture's policies.
const (
	delegationPolicy     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"organizations:DescribeOrganization","Resource":"*"}]}`
	serviceControlPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`
	resourceControl      = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`
	tagPolicy            = `{"tags":{"costcenter":{"tag_key":{"@@assign":"CostCenter"},"enforced_for":{"@@assign":["organizations:ALL_SUPPORTED"]}}}}`
	// An account that inherits it has an effective policy with three errors.
	incompleteBackupPolicy = `{"plans":{"daily":{"rules":{"daily":{"start_backup_window_minutes":{"@@assign":"60"}}}}}}`
)

func (b *builder) policies(w *fixture) {
	b.t.Helper()
	policy := func(account, kind, name, content string) string {
		return b.do(account, "CreatePolicy", body{"Type": kind, "Name": name, "Description": "About " + name, "Content": content},
			"Policy", "PolicySummary", "Id")
	}
	for _, kind := range []string{"SERVICE_CONTROL_POLICY", "TAG_POLICY", "BACKUP_POLICY", "SECURITYHUB_POLICY"} {
		b.do(management, "EnablePolicyType", body{"RootId": w.root, "PolicyType": kind})
	}
	w.serviceControl = policy(management, "SERVICE_CONTROL_POLICY", "NoStorage", serviceControlPolicy)
	w.resourceControl = policy(management, "RESOURCE_CONTROL_POLICY", "NoStorage", resourceControl)
	w.tagging = policy(management, "TAG_POLICY", "CostCenters", tagPolicy)
	w.spare = policy(management, "TAG_POLICY", "Spare", tagPolicy)
	incomplete := policy(management, "BACKUP_POLICY", "Incomplete", incompleteBackupPolicy)
	attach := func(policy, target string) {
		b.do(management, "AttachPolicy", body{"PolicyId": policy, "TargetId": target})
	}
	attach(w.serviceControl, member)
	attach(w.serviceControl, w.unit)
	attach(w.tagging, w.root)
	attach(w.tagging, w.unit)
	attach(incomplete, member)
	attach(incomplete, delegate)
	b.do(management, "TagResource", body{"ResourceId": w.tagging, "Tags": []any{tag("team", "green")}})
}

// others makes the organizations beside the first.
func (b *builder) others(w *fixture) {
	b.t.Helper()
	for _, account := range []string{source, partner} {
		b.do(account, "CreateOrganization", body{})
	}
	root := b.do(source, "ListRoots", body{}, "Roots", 0, "Id")
	unit := b.do(source, "CreateOrganizationalUnit", body{"ParentId": root, "Name": "Theirs"}, "OrganizationalUnit", "Id")
	creation := b.do(source, "CreateAccount", body{"AccountName": "Theirs", "Email": "theirs@example.com"}, "CreateAccountStatus", "Id")
	b.runJobs()
	policy := b.do(source, "CreatePolicy", body{"Type": "TAG_POLICY", "Name": "Theirs", "Description": "", "Content": tagPolicy},
		"Policy", "PolicySummary", "Id")
	delegation := b.do(source, "PutResourcePolicy", body{"Content": delegationPolicy}, "ResourcePolicy", "ResourcePolicySummary", "Id")
	w.foreign = []string{source, root, unit, creation, policy, delegation}

	for _, account := range []string{billing, switching} {
		b.do(account, "CreateOrganization", body{"FeatureSet": "CONSOLIDATED_BILLING"})
	}
	b.join(switching, approver)
	w.question = b.do(switching, "EnableAllFeatures", body{}, "Handshake", "Id")
	w.approval = b.do(approver, "ListHandshakesForAccount", body{"Filter": body{"ActionType": "APPROVE_ALL_FEATURES"}}, "Handshakes", 0, "Id")
}

func (b *builder) transfers(w *fixture) {
	b.t.Helper()
	ask := func(by, account string) (handshake, transfer string) {
		handshake = b.do(by, "InviteOrganizationToTransferResponsibility",
			body{"Type": "BILLING", "Target": accountTarget(account), "StartTimestamp": w.firstOfMonth, "SourceName": "The bill of " + account},
			"Handshake", "Id")
		return handshake, b.do(by, "ListInboundResponsibilityTransfers", body{"Type": "BILLING"}, "ResponsibilityTransfers", 0, "Id")
	}
	handshake, transfer := ask(management, partner)
	b.do(partner, "AcceptHandshake", body{"HandshakeId": handshake})
	w.agreed = transfer
	_, theirs := ask(source, partner)
	w.foreign = append(w.foreign, theirs)
	w.asked, _ = ask(management, source)
}
