package clone

import (
	"context"
	"fmt"
	"slices"

	"accord/internal/org"
	rules "accord/internal/policy"
	"accord/internal/seed"
)

// pageSize is how many entries AWS puts on a page.
const pageSize = 20

// policies are those of an organization, with where they are attached.
type policies struct {
	// enabled are the enabled types that this program knows.
	enabled []string
	// own are those of the customer, in the order of the types and of the lists.
	own     []policySummary
	content map[string]string
	// attached are the policies of a target, in the order of attachment.
	attached map[string][]string
	// defaults have, for each enabled type with a default policy, its targets; none if they
	// could not be read.
	defaults map[org.PolicyType]map[string]bool
	typeOf   map[string]org.PolicyType
}

// list lists the policies of all types.
func (p *policies) list(ctx context.Context, c *caller, enabled []string) error {
	for _, t := range enabled {
		if rules.DefinitionOf(org.PolicyType(t)) != nil {
			p.enabled = append(p.enabled, t)
			continue
		}
		c.note("ListPolicies", t, "this program does not know the policy type")
	}
	ofTypes := make([][]policySummary, len(rules.Types))
	err := each(ctx, len(rules.Types), func(ctx context.Context, i int) (err error) {
		kind := string(rules.Types[i].Type)
		// A server that does not know a type says so with InvalidInputException: nothing
		// of it can be there.
		var absent []string
		if !slices.Contains(enabled, kind) {
			absent = []string{"InvalidInputException", unsaved}
		}
		ofTypes[i], _, err = listOf[policySummary](ctx, c, "ListPolicies", Input{Filter: kind}, absent...)
		return err
	})
	p.typeOf = map[string]org.PolicyType{}
	for i, list := range ofTypes {
		for _, summary := range list {
			p.typeOf[summary.Id] = rules.Types[i].Type
			if !summary.AwsManaged {
				p.own = append(p.own, summary)
			}
		}
	}
	return err
}

// describe reads the contents.
func (p *policies) describe(ctx context.Context, c *caller) error {
	found := make([]policy, len(p.own))
	err := each(ctx, len(p.own), func(ctx context.Context, i int) error {
		there, err := describe(ctx, c, "DescribePolicy", Input{PolicyId: p.own[i].Id}, &found[i])
		if about := found[i].PolicySummary.Id; err == nil && there && about != p.own[i].Id {
			return &Contradiction{"DescribePolicy", fmt.Sprintf("the answer about %s is %s", p.own[i].Id, about)}
		}
		return err
	})
	p.content = map[string]string{}
	for i, one := range found {
		p.content[p.own[i].Id] = one.Content
	}
	return err
}

// attachments reads what is attached where: by asking for the targets of each policy or for
// the policies of each target, whichever takes fewer calls.
func (p *policies) attachments(ctx context.Context, c *caller, targets []string) error {
	p.attached, p.defaults = map[string][]string{}, map[org.PolicyType]map[string]bool{}
	var withDefault []rules.Definition
	for _, d := range rules.Types {
		if d.Default != "" && slices.Contains(p.enabled, string(d.Type)) {
			withDefault = append(withDefault, d)
		}
	}
	byPolicy := len(p.own) + len(withDefault)*(1+len(targets)/pageSize)
	if len(targets)*len(p.enabled) <= byPolicy {
		return p.byTarget(ctx, c, targets, withDefault)
	}
	return p.byPolicy(ctx, c, targets, withDefault)
}

// byTarget asks for the policies of each target.
func (p *policies) byTarget(ctx context.Context, c *caller, targets []string, withDefault []rules.Definition) error {
	lists := make([][]policySummary, len(targets)*len(p.enabled))
	known := make([]bool, len(lists))
	err := each(ctx, len(lists), func(ctx context.Context, i int) (err error) {
		target, kind := targets[i/len(p.enabled)], p.enabled[i%len(p.enabled)]
		lists[i], known[i], err = listOf[policySummary](ctx, c, "ListPoliciesForTarget", Input{TargetId: target, Filter: kind})
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range withDefault {
		p.defaults[d.Type] = map[string]bool{}
	}
	for i, list := range lists {
		target, kind := targets[i/len(p.enabled)], org.PolicyType(p.enabled[i%len(p.enabled)])
		for _, summary := range list {
			if p.defaults[kind] != nil && isDefault(withDefault, summary.Id) {
				p.defaults[kind][target] = true
			} else if !summary.AwsManaged {
				p.attached[target] = append(p.attached[target], summary.Id)
			}
		}
		// What could not be read is as if the default were there.
		if !known[i] && p.defaults[kind] != nil {
			p.defaults[kind][target] = true
		}
	}
	return nil
}

func isDefault(withDefault []rules.Definition, id string) bool {
	return slices.ContainsFunc(withDefault, func(d rules.Definition) bool { return string(d.Default) == id })
}

// byPolicy asks for the targets of each policy, and for the order at targets with several of
// one type.
func (p *policies) byPolicy(ctx context.Context, c *caller, targets []string, withDefault []rules.Definition) error {
	ids := make([]string, 0, len(p.own)+len(withDefault))
	for _, one := range p.own {
		ids = append(ids, one.Id)
	}
	for _, d := range withDefault {
		ids = append(ids, string(d.Default))
	}
	lists := make([][]target, len(ids))
	known := make([]bool, len(ids))
	err := each(ctx, len(ids), func(ctx context.Context, i int) (err error) {
		lists[i], known[i], err = listOf[target](ctx, c, "ListTargetsForPolicy", Input{PolicyId: ids[i]})
		return err
	})
	if err != nil {
		return err
	}
	for i, d := range withDefault {
		if at := len(p.own) + i; known[at] {
			p.defaults[d.Type] = map[string]bool{}
			for _, one := range lists[at] {
				p.defaults[d.Type][one.TargetId] = true
			}
		}
	}
	for i, one := range p.own {
		for _, at := range lists[i] {
			p.attached[at.TargetId] = append(p.attached[at.TargetId], one.Id)
		}
	}
	return p.order(ctx, c, targets)
}

// order puts the policies of targets that have several of one type into the order of
// attachment, in which management policies are inherited.
func (p *policies) order(ctx context.Context, c *caller, targets []string) error {
	type question struct {
		target string
		kind   org.PolicyType
	}
	var questions []question
	for _, id := range targets {
		count := map[org.PolicyType]int{}
		for _, attached := range p.attached[id] {
			kind := p.typeOf[attached]
			if count[kind]++; count[kind] == 2 && slices.Contains(p.enabled, string(kind)) {
				questions = append(questions, question{id, kind})
			}
		}
	}
	lists := make([][]policySummary, len(questions))
	err := each(ctx, len(questions), func(ctx context.Context, i int) (err error) {
		lists[i], _, err = listOf[policySummary](ctx, c, "ListPoliciesForTarget", Input{TargetId: questions[i].target, Filter: string(questions[i].kind)})
		return err
	})
	for i, q := range questions {
		at := map[string]int{}
		for n, summary := range lists[i] {
			at[summary.Id] = n
		}
		attached := p.attached[q.target]
		// Those of one type are beside each other, because own is in the order of types.
		first := slices.IndexFunc(attached, func(id string) bool { return p.typeOf[id] == q.kind })
		ofKind := attached[first:]
		if n := slices.IndexFunc(ofKind, func(id string) bool { return p.typeOf[id] != q.kind }); n >= 0 {
			ofKind = ofKind[:n]
		}
		slices.SortStableFunc(ofKind, func(a, b string) int { return at[a] - at[b] })
	}
	return err
}

// of are the policies of a target, and the types whose default policy it does not have.
func (p *policies) of(target string) (attached []seed.Ref, without []string) {
	for _, id := range p.attached[target] {
		attached = append(attached, seed.Ref(id))
	}
	for _, d := range rules.Types {
		if has := p.defaults[d.Type]; target != "" && has != nil && !has[target] {
			without = append(without, string(d.Type))
		}
	}
	return attached, without
}

// documents are the policies of the customer.
func (p *policies) documents(t tags) []seed.Policy {
	var all []seed.Policy
	for _, one := range p.own {
		all = append(all, seed.Policy{ID: one.Id, Type: one.Type, Name: one.Name, Description: one.Description, Text: seed.Text{Content: p.content[one.Id]}, Tags: t[one.Id]})
	}
	return all
}
