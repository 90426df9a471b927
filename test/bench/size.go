//go:build linux

package main

import (
	"cmp"
	"fmt"
	"time"
)

// largest is how many times as much an operation may cost in the large organization.
const largest = 1.5

// pageOf5 is the input of the lists of five: as many as there are in the small
// organization too.
const pageOf5 = `{"MaxResults":5}`

// reads are all operations that only read.
func (e *fixture) reads() []step {
	leaf, account := e.chain[3], e.close[0]
	return []step{
		byManager("DescribeAccount", object("AccountId", account)),
		byManager("DescribeCreateAccountStatus", object("CreateAccountRequestId", e.creation)),
		byManager("DescribeEffectivePolicy", object("PolicyType", tagPolicy, "TargetId", account)),
		byManager("DescribeHandshake", describing(e.handshake)),
		byManager("DescribeOrganization", `{}`),
		byManager("DescribeOrganizationalUnit", object("OrganizationalUnitId", leaf)),
		byManager("DescribePolicy", object("PolicyId", e.controls[1])),
		byManager("DescribeResourcePolicy", `{}`),
		byManager("DescribeResponsibilityTransfer", object("Id", e.transfer)),
		byManager("ListAWSServiceAccessForOrganization", pageOf5),
		byManager("ListAccounts", pageOf5),
		byManager("ListAccountsForParent", page("ParentId", e.root)),
		byManager("ListAccountsWithInvalidEffectivePolicy", page("PolicyType", backupPolicy)),
		byManager("ListChildren", page("ParentId", e.root, "ChildType", "ORGANIZATIONAL_UNIT")),
		byManager("ListCreateAccountStatus", pageOf5),
		byManager("ListDelegatedAdministrators", pageOf5),
		byManager("ListDelegatedServicesForAccount", page("AccountId", e.admin)),
		byManager("ListEffectivePolicyValidationErrors", page("AccountId", account, "PolicyType", backupPolicy)),
		callBy(account, "ListHandshakesForAccount", pageOf5),
		byManager("ListHandshakesForOrganization", pageOf5),
		byManager("ListInboundResponsibilityTransfers", page("Type", "BILLING")),
		byManager("ListOrganizationalUnitsForParent", page("ParentId", e.root)),
		byManager("ListOutboundResponsibilityTransfers", page("Type", "BILLING")),
		byManager("ListParents", object("ChildId", account)),
		byManager("ListPolicies", page("Filter", serviceControl)),
		byManager("ListPoliciesForTarget", page("TargetId", leaf, "Filter", serviceControl)),
		byManager("ListRoots", pageOf5),
		byManager("ListTagsForResource", object("ResourceId", account)),
		byManager("ListTargetsForPolicy", page("PolicyId", e.controls[1])),
		byManager("ListTargetsForPolicy", page("PolicyId", "p-FullAWSAccess")).ofKind("p-FullAWSAccess"),
	}
}

// changes are the operations that write, in rounds that end in the state in which
// they began. CreateOrganization, DeleteOrganization and EnableAllFeatures are about the
// whole organization, and a transfer is terminated once.
func (e *fixture) changes() [][]step {
	leaf, account := e.chain[3], e.close[0]
	const service, kind = "guardduty.amazonaws.com", "CHATBOT_POLICY"
	trusting := object("ServicePrincipal", service)
	typed := object("RootId", e.root, "PolicyType", kind)
	return [][]step{
		{byManager("CreateOrganizationalUnit", naming(leaf, "New")), answering(manager, "DeleteOrganizationalUnit", "OrganizationalUnitId")},
		{
			byManager("UpdateOrganizationalUnit", object("OrganizationalUnitId", leaf, "Name", "Renamed")),
			byManager("UpdateOrganizationalUnit", object("OrganizationalUnitId", leaf, "Name", "Spine 3")),
		},
		{byManager("MoveAccount", moving(account, leaf, e.root)), byManager("MoveAccount", moving(account, e.root, leaf))},
		{byManager("CreatePolicy", drafting(serviceControl, "New", denial)), answering(manager, "DeletePolicy", "PolicyId")},
		{byManager("UpdatePolicy", object("PolicyId", e.controls[1], "Description", "")), byManager("UpdatePolicy", object("PolicyId", e.tagging[1], "Description", ""))},
		{byManager("AttachPolicy", attaching(e.freeControl, account)), byManager("DetachPolicy", attaching(e.freeControl, account)).ofKind(serviceControl)},
		{byManager("AttachPolicy", attaching(e.freeTag, leaf)), byManager("DetachPolicy", attaching(e.freeTag, leaf)).ofKind(tagPolicy)},
		{byManager("EnablePolicyType", typed), byManager("DisablePolicyType", typed)},
		{byManager("EnableAWSServiceAccess", trusting), byManager("DisableAWSServiceAccess", trusting)},
		{
			byManager("RegisterDelegatedAdministrator", administering(account, "config.amazonaws.com")),
			byManager("DeregisterDelegatedAdministrator", administering(account, "config.amazonaws.com")),
		},
		{byManager("DeleteResourcePolicy", `{}`), byManager("PutResourcePolicy", delegating(e.admin))},
		{
			byManager("TagResource", `{"ResourceId":"`+leaf+`","Tags":[{"Key":"a","Value":"1"}]}`),
			byManager("UntagResource", `{"ResourceId":"`+leaf+`","TagKeys":["a"]}`),
		},
		{byManager("InviteAccountToOrganization", inviting(newcomer)), answering(manager, "CancelHandshake", "HandshakeId")},
		{byManager("InviteAccountToOrganization", inviting(newcomer)), answering(newcomer, "DeclineHandshake", "HandshakeId")},
		{byManager("InviteAccountToOrganization", inviting(newcomer)), answering(newcomer, "AcceptHandshake", "HandshakeId"), callBy(newcomer, "LeaveOrganization", `{}`)},
		{
			byManager("InviteAccountToOrganization", inviting(newcomer)), answering(newcomer, "AcceptHandshake", "HandshakeId"),
			byManager("RemoveAccountFromOrganization", object("AccountId", newcomer)),
		},
		{
			byManager("UpdateResponsibilityTransfer", object("Id", e.transfer, "Name", "Renamed")),
			byManager("UpdateResponsibilityTransfer", object("Id", e.transfer, "Name", "Branch")),
		},
	}
}

// size compares an organization of thousands with one of ten.
func (b *bench) size() error {
	var servers [2]*process
	var fixtures [2]*fixture
	var took time.Duration
	for i, s := range []scale{ten, thousands} {
		var err error
		if servers[i], err = b.serve(b.file(fmt.Sprintf("size%d", i)), "--behavior=create-account=synchronous"); err != nil {
			return err
		}
		began := time.Now()
		if fixtures[i], err = build(servers[i], s); err != nil {
			return fmt.Errorf("making an organization of %d accounts: %w", s.accounts, err)
		}
		took = time.Since(began)
	}
	if err := b.inventory(servers[1], fixtures[1], took); err != nil {
		return err
	}
	var rows [][]string
	compare := func(name string, clients int, of func(e *fixture) loop) error {
		var all [2][]measurement
		var ratios []float64
		// Many short turns: what else runs on the machine then disturbs both alike.
		for range 4 * *rounds {
			var m [2]measurement
			for i := range m {
				var err error
				if m[i], err = load(servers[i], clients, *length/16, func(int) loop { return of(fixtures[i]) }); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				all[i] = append(all[i], m[i])
			}
			ratios = append(ratios, 1/share(m[0], m[1]))
		}
		ratio := median(ratios)
		rows = append(rows, []string{
			name, microseconds(typical(all[0])), microseconds(typical(all[1])), fmt.Sprintf("%.2f", ratio),
			b.target(fmt.Sprintf("%s in a large organization at most %.1f times: %.2f", name, largest, ratio), ratio <= largest),
		})
		return nil
	}
	for k, s := range fixtures[0].reads() {
		if err := compare(operations([]step{s}), *clients, func(e *fixture) loop { return inOrder(e.reads()[k : k+1]) }); err != nil {
			return err
		}
	}
	for k, steps := range fixtures[0].changes() {
		// One client: those of others would be the same, and failed.
		if err := compare(operations(steps), 1, func(e *fixture) loop { return inOrder(e.changes()[k]) }); err != nil {
			return err
		}
	}
	// These leave something behind each time, so that they come last.
	turn := 0
	creating := func(*fixture) loop {
		return func(c *connection, _ int) (int, error) {
			turn++
			made := byManager("CreateAccount", fmt.Sprintf(`{"AccountName":"New","Email":"new%d@example.com"}`, turn))
			if err := made.do(c); err != nil {
				return 0, err
			}
			return 2, c.call(manager, "CloseAccount", object("AccountId", c.text("AccountId")))
		}
	}
	if err := compare("CreateAccount, CloseAccount", 1, creating); err != nil {
		return err
	}
	b.table(fmt.Sprintf("One organization of %d accounts, %d units, %d policies beside one of %d, %d, %d",
		thousands.accounts, thousands.units, thousands.policies, ten.accounts, ten.units, ten.policies),
		[]string{"operation", "small, each call", "large, each call", "times", "target"}, rows)
	return nil
}

// inventory reads everything in the large organization.
func (b *bench) inventory(server *process, e *fixture, took time.Duration) error {
	rows := [][]string{{"making it through the API", fmt.Sprintf("%d accounts, %d units", len(e.accounts), len(e.units)), "", fmt.Sprintf("%.1f s", took.Seconds()), ""}}
	for _, w := range []struct {
		name string
		walk func(w *walk) error
	}{
		{"the tree: units and accounts of every parent", func(w *walk) error { return w.below(e.root) }},
		{"ListAccounts, pages of 20", func(w *walk) error {
			_, err := w.list("ListAccounts", `"MaxResults":20`)
			return err
		}},
		{"ListPolicies, and the targets of each", (*walk).allPolicies},
		{"DescribeEffectivePolicy for every account", func(w *walk) error {
			for _, account := range e.accounts {
				if err := w.call("DescribeEffectivePolicy", object("PolicyType", tagPolicy, "TargetId", account)); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		c, err := dial(server.address)
		if err != nil {
			return err
		}
		walked := &walk{connection: c}
		before, err := server.used()
		if err != nil {
			return err
		}
		began := time.Now()
		if err := w.walk(walked); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		took := time.Since(began)
		after, err := server.used()
		if err != nil {
			return err
		}
		_ = c.close()
		rows = append(rows, []string{
			w.name, fmt.Sprint(walked.found), fmt.Sprint(walked.calls), fmt.Sprintf("%.2f s", took.Seconds()),
			fmt.Sprintf("%.0f µs", float64(after-before)/float64(walked.calls)/1000),
		})
	}
	b.table("The large organization from one end to the other, one client", []string{"what", "found", "calls", "took", "CPU time of a call"}, rows)
	return nil
}

// walk is a client that follows page tokens.
type walk struct {
	connection   *connection
	calls, found int
}

func (w *walk) call(operation, input string) error {
	w.calls++
	return w.connection.call(manager, operation, input)
}

// list reads a list to its end and returns the ids in it.
func (w *walk) list(operation, members string) (ids []string, err error) {
	for token := ""; ; {
		input := "{" + members + token + "}"
		if err := w.call(operation, input); err != nil {
			return nil, err
		}
		page := w.connection.texts(cmp.Or(idMembers[operation], "Id"))
		ids, w.found = append(ids, page...), w.found+len(page)
		next := w.connection.text("NextToken")
		if next == "" {
			return ids, nil
		}
		token = fmt.Sprintf(`,"NextToken":%q`, next)
	}
}

// idMembers are the members that hold ids where they are not called Id.
var idMembers = map[string]string{"ListTargetsForPolicy": "TargetId"}

// below reads all that is below a parent.
func (w *walk) below(parent string) error {
	of := fmt.Sprintf(`"ParentId":%q`, parent)
	if _, err := w.list("ListAccountsForParent", of); err != nil {
		return err
	}
	units, err := w.list("ListOrganizationalUnitsForParent", of)
	if err != nil {
		return err
	}
	for _, unit := range units {
		if err := w.below(unit); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) allPolicies() error {
	for _, kind := range []string{serviceControl, tagPolicy, backupPolicy} {
		policies, err := w.list("ListPolicies", fmt.Sprintf(`"Filter":%q`, kind))
		if err != nil {
			return err
		}
		for _, policy := range policies {
			if _, err := w.list("ListTargetsForPolicy", fmt.Sprintf(`"PolicyId":%q`, policy)); err != nil {
				return err
			}
		}
	}
	return nil
}
