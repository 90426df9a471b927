//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// scale is the size of an organization.
type scale struct{ accounts, units, policies int }

var (
	ten       = scale{10, 10, 10}
	thousands = scale{10_000, 2_000, 1_000}
)

// The management account of another organization, and accounts in none.
const (
	payer    = "400000000000"
	outsider = "400000000001"
	newcomer = "400000000002"
)

// fixture is an organization that was made through the API. The objects named here
// are the same at every scale and are measured; filler surrounds them.
type fixture struct {
	root string
	// chain are units, each in the one before; the last one holds close.
	chain []string
	// units and accounts are all.
	units, accounts []string
	// close are five members in the last unit of the chain.
	close []string
	// Of the three policies of a type, the first is on the root and the others on the
	// last unit of the chain; the free ones are on nothing. broken makes the backup
	// policy of that unit invalid.
	controls, tagging    [3]string
	freeControl, freeTag string
	broken               string
	// handshake is an open invitation, creation a finished one, transfer an accepted one,
	// and admin a delegated administrator.
	handshake, creation, transfer, admin string
}

// document writes the content of a policy into an input.
func document(content string) string {
	text, _ := json.Marshal(content) // A string always can be.
	return string(text)
}

func drafting(kind, name, content string) string {
	return fmt.Sprintf(`{"Type":%q,"Name":%q,"Description":"","Content":%s}`, kind, name, document(content))
}

func attaching(policy, target string) string {
	return fmt.Sprintf(`{"PolicyId":%q,"TargetId":%q}`, policy, target)
}

func naming(parent, name string) string {
	return fmt.Sprintf(`{"ParentId":%q,"Name":%q}`, parent, name)
}

func moving(account, from, to string) string {
	return fmt.Sprintf(`{"AccountId":%q,"SourceParentId":%q,"DestinationParentId":%q}`, account, from, to)
}

// The types of policies that are written, and a content of each.
const (
	serviceControl = "SERVICE_CONTROL_POLICY"
	tagPolicy      = "TAG_POLICY"
	backupPolicy   = "BACKUP_POLICY"

	denial = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:DeleteAccountPublicAccessBlock","Resource":"*"}}`
	// brokenPlan is valid as it is, but nothing that works without regions.
	brokenPlan = `{"plans":{"daily":{"rules":{"daily":{"target_backup_vault_name":{"@@assign":"V"}}}}}}`
)

// teams is a tag policy that adds a value to the inherited ones.
func teams(team string) string {
	return `{"tags":{"team":{"tag_value":{"@@append":["` + team + `"]}}}}`
}

// builder builds an fixture with the calls of many clients.
type builder struct {
	fixture
	connections []*connection
}

// newBuilder connects all clients to a server.
func newBuilder(server *process) (*builder, error) {
	f := &builder{}
	for range *clients {
		c, err := dial(server.address)
		if err != nil {
			f.disconnect()
			return nil, err
		}
		f.connections = append(f.connections, c)
	}
	return f, nil
}

func (f *builder) disconnect() {
	for _, c := range f.connections {
		_ = c.close()
	}
}

// build makes an organization of a scale.
func build(server *process, s scale) (*fixture, error) {
	f, err := newBuilder(server)
	if err != nil {
		return nil, err
	}
	defer f.disconnect()
	for _, step := range []func() error{f.begin, f.chainAndMembers, f.policies, f.relations, func() error { return f.filler(s) }} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &f.fixture, nil
}

// do calls an operation as the management account.
func (f *builder) do(operation, input string) error {
	return f.connections[0].call(manager, operation, input)
}

// made is do for an operation that answers with a new thing, and returns its id.
func (f *builder) made(operation, input string) (string, error) {
	err := f.do(operation, input)
	return f.connections[0].text("Id"), err
}

// all does something n times, by all clients together.
func (f *builder) all(n int, do func(c *connection, i int) error) error {
	failures := make([]error, len(f.connections))
	var all sync.WaitGroup
	for k, c := range f.connections {
		all.Go(func() {
			for i := k; i < n && failures[k] == nil; i += len(f.connections) {
				failures[k] = do(c, i)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

func (f *builder) begin() error {
	for _, other := range []string{payer, manager} {
		if err := f.connections[0].call(other, "CreateOrganization", `{}`); err != nil {
			return err
		}
	}
	var err error
	if f.root, err = f.made("ListRoots", `{}`); err != nil {
		return err
	}
	f.accounts = []string{manager}
	for _, kind := range []string{serviceControl, tagPolicy, backupPolicy} {
		if err := f.do("EnablePolicyType", fmt.Sprintf(`{"RootId":%q,"PolicyType":%q}`, f.root, kind)); err != nil {
			return err
		}
	}
	return nil
}

// chainAndMembers makes ten units and ten accounts: five accounts in the root, five
// in the last of the units.
func (f *builder) chainAndMembers() error {
	parent := f.root
	for i := range 4 {
		unit, err := f.made("CreateOrganizationalUnit", naming(parent, fmt.Sprintf("Spine %d", i)))
		if err != nil {
			return err
		}
		f.chain, parent = append(f.chain, unit), unit
	}
	f.units = append(f.units, f.chain...)
	for i := range 6 {
		unit, err := f.made("CreateOrganizationalUnit", naming(f.root, fmt.Sprintf("Unit %d", i)))
		if err != nil {
			return err
		}
		f.units = append(f.units, unit)
	}
	for i := range 8 {
		account := memberOf(0, i)
		if err := join(f.connections[0], manager, account); err != nil {
			return err
		}
		f.accounts = append(f.accounts, account)
		if i < 5 {
			f.close = append(f.close, account)
			if err := f.do("MoveAccount", moving(account, f.root, parent)); err != nil {
				return err
			}
		}
	}
	if err := f.do("CreateAccount", `{"AccountName":"Made","Email":"made@example.com"}`); err != nil {
		return err
	}
	f.creation = f.connections[0].text("Id")
	f.accounts = append(f.accounts, f.connections[0].text("AccountId"))
	return nil
}

// policies writes ten policies.
func (f *builder) policies() error {
	leaf := f.chain[3]
	for i, target := range []string{f.root, leaf, leaf} {
		for _, p := range []struct {
			kind, name, content string
			id                  *string
		}{
			{serviceControl, fmt.Sprintf("Control %d", i), denial, &f.controls[i]},
			{tagPolicy, fmt.Sprintf("Tags %d", i), teams(fmt.Sprintf("team%d", i)), &f.tagging[i]},
		} {
			var err error
			if *p.id, err = f.made("CreatePolicy", drafting(p.kind, p.name, p.content)); err != nil {
				return err
			}
			if err := f.do("AttachPolicy", attaching(*p.id, target)); err != nil {
				return err
			}
		}
	}
	for _, p := range []struct {
		kind, name, content string
		id                  *string
	}{
		{serviceControl, "Control", denial, &f.freeControl},
		{tagPolicy, "Tags", teams("free"), &f.freeTag},
		{backupPolicy, "Broken", brokenPlan, &f.broken},
		{serviceControl, "Further", denial, new(string)},
	} {
		var err error
		if *p.id, err = f.made("CreatePolicy", drafting(p.kind, p.name, p.content)); err != nil {
			return err
		}
	}
	// A policy on six units: one page of its targets, and more.
	for _, unit := range append(f.units[:3:3], f.units[4:6]...) {
		if err := f.do("AttachPolicy", attaching(f.controls[1], unit)); err != nil {
			return err
		}
	}
	return f.do("AttachPolicy", attaching(f.broken, leaf))
}

// relations makes the objects of the other operations.
func (f *builder) relations() error {
	f.admin = f.close[1]
	for _, service := range []string{"config.amazonaws.com", "ssm.amazonaws.com", "access-analyzer.amazonaws.com"} {
		if err := f.do("EnableAWSServiceAccess", `{"ServicePrincipal":"`+service+`"}`); err != nil {
			return err
		}
		if err := f.do("RegisterDelegatedAdministrator", administering(f.admin, service)); err != nil {
			return err
		}
	}
	if err := f.do("TagResource", `{"ResourceId":"`+f.close[0]+`","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}`); err != nil {
		return err
	}
	if err := f.do("PutResourcePolicy", delegating(f.admin)); err != nil {
		return err
	}
	var err error
	if f.handshake, err = f.made("InviteAccountToOrganization", inviting(outsider)); err != nil {
		return err
	}
	offer, err := f.made("InviteOrganizationToTransferResponsibility", transferring("Branch"))
	if err != nil {
		return err
	}
	if err := f.connections[0].call(payer, "AcceptHandshake", describing(offer)); err != nil {
		return err
	}
	f.transfer, err = f.made("ListInboundResponsibilityTransfers", `{"Type":"BILLING"}`)
	return err
}

func administering(account, service string) string {
	return fmt.Sprintf(`{"AccountId":%q,"ServicePrincipal":%q}`, account, service)
}

func delegating(account string) string {
	return `{"Content":` + document(`{"Version":"2012-10-17","Statement":{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"`+account+
		`"},"Action":"organizations:ListAccounts","Resource":"*"}}`) + `}`
}

func transferring(name string) string {
	now := time.Now().UTC()
	start := time.Date(now.Year(), now.Month()+2, 1, 0, 0, 0, 0, time.UTC)
	return fmt.Sprintf(`{"Type":"BILLING","Target":{"Id":%q,"Type":"ACCOUNT"},"SourceName":%q,"StartTimestamp":%d}`, payer, name, start.Unix())
}

// branches is how many units a unit of the filler has.
const branches = 10

// filler adds the objects of a scale beyond ten of each: units in a tree of three
// levels, with the same number of accounts in each, and policies on them.
func (f *builder) filler(s scale) error {
	// Those of a level are made together, below those of the one before.
	firsts := len(f.units)
	f.units = append(f.units, make([]string, s.units-firsts)...)
	for above, from := firsts-6, firsts; from < s.units; {
		until := min(s.units, from+(from-above)*branches)
		if err := f.all(until-from, func(c *connection, i int) error {
			parent := f.units[above+i/branches]
			err := c.call(manager, "CreateOrganizationalUnit", naming(parent, fmt.Sprintf("Unit %d", from+i)))
			f.units[from+i] = c.text("Id")
			return err
		}); err != nil {
			return err
		}
		above, from = from, until
	}
	others := f.units[len(f.chain):]
	had := len(f.accounts)
	f.accounts = append(f.accounts, make([]string, s.accounts-had)...)
	if err := f.all(s.accounts-had, func(c *connection, i int) error {
		account := memberOf(1, i)
		f.accounts[had+i] = account
		if err := join(c, manager, account); err != nil {
			return err
		}
		return c.call(manager, "MoveAccount", moving(account, f.root, others[i%len(others)]))
	}); err != nil {
		return err
	}
	kinds := []struct {
		kind    string
		content func(i int) string
	}{
		{serviceControl, func(int) string { return denial }},
		{tagPolicy, func(i int) string { return teams(fmt.Sprintf("other%d", i)) }},
		{backupPolicy, func(int) string { return `{"plans":{}}` }},
	}
	if err := f.all(s.policies-10, func(c *connection, i int) error {
		k := kinds[i%len(kinds)]
		if err := c.call(manager, "CreatePolicy", drafting(k.kind, fmt.Sprintf("Policy %d", i), k.content(i))); err != nil {
			return err
		}
		return c.call(manager, "AttachPolicy", attaching(c.text("Id"), others[i%len(others)]))
	}); err != nil {
		return err
	}
	// One policy is on half of the units, those that have it already left out.
	if s == ten {
		return nil
	}
	return f.all(len(others)/2, func(c *connection, i int) error {
		return c.call(manager, "AttachPolicy", attaching(f.controls[1], others[len(others)-1-i]))
	})
}
