package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// largest is how much more an operation may cost in the large organization.
const largest = 1.5

// inFive is the input of the lists of five: as many as there are in the small
// organization too.
const inFive = `{"MaxResults":5}`

// step is one call. Its input may need the answer to the step before.
type step struct {
	account, operation string
	input              func(before *caller) string
	// kind tells steps of one operation apart; empty where there is one.
	kind string
}

func (s step) do(c *caller) error { return c.call(s.account, s.operation, s.input(c)) }

// by is a step whose input is known before.
func by(account, operation, input string) step {
	return step{account: account, operation: operation, input: func(*caller) string { return input }}
}

// asked is a step of the management account.
func asked(operation, input string) step { return by(manager, operation, input) }

// answering is a step of an account about the thing that the step before made; the
// member of the input is its id.
func answering(account, operation, member string) step {
	return step{account: account, operation: operation, input: func(c *caller) string { return fmt.Sprintf(`{%q:%q}`, member, c.text("Id")) }}
}

// of is the step with its kind.
func (s step) of(kind string) step {
	s.kind = " (" + kind + ")"
	return s
}

// object writes an input from names and values.
func object(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `,%q:%q`, pairs[i], pairs[i+1])
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

// page is object with a size of the page.
func page(pairs ...string) string {
	return strings.TrimSuffix(object(pairs...), "}") + `,"MaxResults":5}`
}

// reads are all operations that only read.
func (e *estate) reads() []step {
	leaf, account := e.spine[3], e.close[0]
	return []step{
		asked("DescribeAccount", object("AccountId", account)),
		asked("DescribeCreateAccountStatus", object("CreateAccountRequestId", e.creation)),
		asked("DescribeEffectivePolicy", object("PolicyType", tagged, "TargetId", account)),
		asked("DescribeHandshake", describing(e.handshake)),
		asked("DescribeOrganization", `{}`),
		asked("DescribeOrganizationalUnit", object("OrganizationalUnitId", leaf)),
		asked("DescribePolicy", object("PolicyId", e.controls[1])),
		asked("DescribeResourcePolicy", `{}`),
		asked("DescribeResponsibilityTransfer", object("Id", e.transfer)),
		asked("ListAWSServiceAccessForOrganization", inFive),
		asked("ListAccounts", inFive),
		asked("ListAccountsForParent", page("ParentId", e.root)),
		asked("ListAccountsWithInvalidEffectivePolicy", page("PolicyType", backedUp)),
		asked("ListChildren", page("ParentId", e.root, "ChildType", "ORGANIZATIONAL_UNIT")),
		asked("ListCreateAccountStatus", inFive),
		asked("ListDelegatedAdministrators", inFive),
		asked("ListDelegatedServicesForAccount", page("AccountId", e.admin)),
		asked("ListEffectivePolicyValidationErrors", page("AccountId", account, "PolicyType", backedUp)),
		by(account, "ListHandshakesForAccount", inFive),
		asked("ListHandshakesForOrganization", inFive),
		asked("ListInboundResponsibilityTransfers", page("Type", "BILLING")),
		asked("ListOrganizationalUnitsForParent", page("ParentId", e.root)),
		asked("ListOutboundResponsibilityTransfers", page("Type", "BILLING")),
		asked("ListParents", object("ChildId", account)),
		asked("ListPolicies", page("Filter", controlling)),
		asked("ListPoliciesForTarget", page("TargetId", leaf, "Filter", controlling)),
		asked("ListRoots", inFive),
		asked("ListTagsForResource", object("ResourceId", account)),
		asked("ListTargetsForPolicy", page("PolicyId", e.controls[1])),
		asked("ListTargetsForPolicy", page("PolicyId", "p-FullAWSAccess")).of("p-FullAWSAccess"),
	}
}

// changes are the operations that change something, in rounds that end where they
// began. CreateOrganization, DeleteOrganization and EnableAllFeatures are about the
// whole organization, and a transfer is terminated once.
func (e *estate) changes() [][]step {
	leaf, account := e.spine[3], e.close[0]
	const service, kind = "guardduty.amazonaws.com", "CHATBOT_POLICY"
	trusting := object("ServicePrincipal", service)
	typed := object("RootId", e.root, "PolicyType", kind)
	return [][]step{
		{asked("CreateOrganizationalUnit", naming(leaf, "New")), answering(manager, "DeleteOrganizationalUnit", "OrganizationalUnitId")},
		{
			asked("UpdateOrganizationalUnit", object("OrganizationalUnitId", leaf, "Name", "Renamed")),
			asked("UpdateOrganizationalUnit", object("OrganizationalUnitId", leaf, "Name", "Spine 3")),
		},
		{asked("MoveAccount", moving(account, leaf, e.root)), asked("MoveAccount", moving(account, e.root, leaf))},
		{asked("CreatePolicy", drafting(controlling, "New", denial)), answering(manager, "DeletePolicy", "PolicyId")},
		{asked("UpdatePolicy", object("PolicyId", e.controls[1], "Description", "")), asked("UpdatePolicy", object("PolicyId", e.tagging[1], "Description", ""))},
		{asked("AttachPolicy", attaching(e.freeControl, account)), asked("DetachPolicy", attaching(e.freeControl, account)).of(controlling)},
		{asked("AttachPolicy", attaching(e.freeTag, leaf)), asked("DetachPolicy", attaching(e.freeTag, leaf)).of(tagged)},
		{asked("EnablePolicyType", typed), asked("DisablePolicyType", typed)},
		{asked("EnableAWSServiceAccess", trusting), asked("DisableAWSServiceAccess", trusting)},
		{
			asked("RegisterDelegatedAdministrator", administering(account, "config.amazonaws.com")),
			asked("DeregisterDelegatedAdministrator", administering(account, "config.amazonaws.com")),
		},
		{asked("DeleteResourcePolicy", `{}`), asked("PutResourcePolicy", delegating(e.admin))},
		{
			asked("TagResource", `{"ResourceId":"`+leaf+`","Tags":[{"Key":"a","Value":"1"}]}`),
			asked("UntagResource", `{"ResourceId":"`+leaf+`","TagKeys":["a"]}`),
		},
		{asked("InviteAccountToOrganization", inviting(newcomer)), answering(manager, "CancelHandshake", "HandshakeId")},
		{asked("InviteAccountToOrganization", inviting(newcomer)), answering(newcomer, "DeclineHandshake", "HandshakeId")},
		{asked("InviteAccountToOrganization", inviting(newcomer)), answering(newcomer, "AcceptHandshake", "HandshakeId"), by(newcomer, "LeaveOrganization", `{}`)},
		{
			asked("InviteAccountToOrganization", inviting(newcomer)), answering(newcomer, "AcceptHandshake", "HandshakeId"),
			asked("RemoveAccountFromOrganization", object("AccountId", newcomer)),
		},
		{
			asked("UpdateResponsibilityTransfer", object("Id", e.transfer, "Name", "Renamed")),
			asked("UpdateResponsibilityTransfer", object("Id", e.transfer, "Name", "Branch")),
		},
	}
}

// size compares an organization of thousands with one of ten.
func (b *bench) size() error {
	var servers [2]*process
	var estates [2]*estate
	var took time.Duration
	for i, s := range []scale{ten, thousands} {
		var err error
		if servers[i], err = b.serve(b.file(fmt.Sprintf("size%d", i)), "--behavior=create-account=synchronous"); err != nil {
			return err
		}
		began := time.Now()
		if estates[i], err = found(servers[i], s); err != nil {
			return fmt.Errorf("making an organization of %d accounts: %w", s.accounts, err)
		}
		took = time.Since(began)
	}
	if err := b.crawl(servers[1], estates[1], took); err != nil {
		return err
	}
	var rows [][]string
	compare := func(name string, clients int, of func(e *estate) loop) error {
		var all [2][]measurement
		var ratios []float64
		// Many short turns: a neighbour that comes and goes then disturbs both alike.
		for range 4 * *rounds {
			var m [2]measurement
			for i := range m {
				var err error
				if m[i], err = load(servers[i], clients, *length/16, func(int) loop { return of(estates[i]) }); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				all[i] = append(all[i], m[i])
			}
			ratios = append(ratios, float64(m[1].cost)/float64(m[0].cost))
		}
		ratio := median(ratios)
		rows = append(rows, []string{
			name, microseconds(middle(all[0])), microseconds(middle(all[1])), fmt.Sprintf("%.2f", ratio),
			b.target(fmt.Sprintf("%s in a large organization at most %.1f times: %.2f", name, largest, ratio), ratio <= largest),
		})
		return nil
	}
	for k, s := range estates[0].reads() {
		if err := compare(operations([]step{s}), *clients, func(e *estate) loop { return around(e.reads()[k : k+1]) }); err != nil {
			return err
		}
	}
	for k, steps := range estates[0].changes() {
		// One client: those of others would be the same, and refused.
		if err := compare(operations(steps), 1, func(e *estate) loop { return around(e.changes()[k]) }); err != nil {
			return err
		}
	}
	// These leave something behind each time, so that they come last.
	turn := 0
	creating := func(*estate) loop {
		return func(c *caller, _ int) (int, error) {
			turn++
			made := asked("CreateAccount", fmt.Sprintf(`{"AccountName":"New","Email":"new%d@example.com"}`, turn))
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

func microseconds(m measurement) string { return fmt.Sprintf("%.1f µs", float64(m.cost)/1000) }

// operations names the operations of some steps.
func operations(steps []step) string {
	var names []string
	for _, s := range steps {
		if name := s.operation + s.kind; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// around does some steps again and again.
func around(steps []step) loop {
	return func(c *caller, _ int) (int, error) {
		for _, s := range steps {
			if err := s.do(c); err != nil {
				return 0, err
			}
		}
		return len(steps), nil
	}
}

// crawl walks through everything in the large organization, as an inventory does.
func (b *bench) crawl(server *process, e *estate, took time.Duration) error {
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
				if err := w.call("DescribeEffectivePolicy", object("PolicyType", tagged, "TargetId", account)); err != nil {
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
		walked := &walk{caller: c}
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
		_ = c.conn.Close()
		rows = append(rows, []string{
			w.name, fmt.Sprint(walked.found), fmt.Sprint(walked.calls), fmt.Sprintf("%.2f s", took.Seconds()),
			fmt.Sprintf("%.0f µs", float64(after-before)/float64(walked.calls)/1000),
		})
	}
	b.table("The large organization from one end to the other, one client", []string{"what", "found", "calls", "took", "core for each call"}, rows)
	return nil
}

// walk is a client that follows tokens.
type walk struct {
	caller       *caller
	calls, found int
}

func (w *walk) call(operation, input string) error {
	w.calls++
	return w.caller.call(manager, operation, input)
}

// list reads a list to its end and returns the ids in it.
func (w *walk) list(operation, members string) (ids []string, err error) {
	for token := ""; ; {
		input := "{" + members + token + "}"
		if err := w.call(operation, input); err != nil {
			return nil, err
		}
		page := w.caller.texts(cmp.Or(idMembers[operation], "Id"))
		ids, w.found = append(ids, page...), w.found+len(page)
		next := w.caller.text("NextToken")
		if next == "" {
			return ids, nil
		}
		token = fmt.Sprintf(`,"NextToken":%q`, next)
	}
}

// idMembers are the members with ids where they are not called Id.
var idMembers = map[string]string{"ListTargetsForPolicy": "TargetId"}

// below walks through all that is below a parent.
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
	for _, kind := range []string{controlling, tagged, backedUp} {
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
