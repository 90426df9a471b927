package whatif

import (
	"context"
	"fmt"

	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/model"
)

// batch is how many questions are asked before the context is looked at.
const batch = 1024

// askActions asks about every action for every principal.
func (r *run) askActions(ctx context.Context) error {
	for _, a := range r.Actions {
		r.actions = append(r.actions, evaluate.ActionOf(a.Name))
	}
	s := &r.report.Summary
	s.Actions = len(r.actions)
	regions, resources := r.Regions, r.Resources
	if len(regions) == 0 {
		regions = []string{""}
	}
	if len(resources) == 0 {
		resources = []string{""}
	}
	each := len(r.actions) * len(regions) * len(resources)
	if err := r.choose(); err != nil {
		return err
	}
	if err := r.bound(each); err != nil {
		return err
	}
	for n, account := range r.accounts {
		if r.Progress != nil {
			r.Progress(n, len(r.accounts))
		}
		if r.unasked[account.ID] {
			continue
		}
		principals, err := r.before.Principals(account.ID)
		if err != nil {
			return err
		}
		s.Principals += len(principals)
		s.Questions += len(principals) * each
		asked := 0
		for _, p := range principals {
			for i := range r.actions {
				for _, region := range regions {
					for _, resource := range resources {
						if asked++; asked%batch == 0 && ctx.Err() != nil {
							return ctx.Err()
						}
						q := r.question(p, i, region, resource)
						if err := r.compare(&q, finding{account: n, action: r.mark(i, region, resource)}); err != nil {
							return err
						}
					}
				}
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if r.Progress != nil {
		r.Progress(len(r.accounts), len(r.accounts))
	}
	return nil
}

// choose finds the accounts that are not asked about where the principals are bounded.
func (r *run) choose() error {
	if r.MostPrincipals == 0 || len(r.Actions) == 0 {
		return nil
	}
	r.unasked = map[ident.AccountID]bool{}
	chosen := 0
	for _, account := range r.accounts {
		if !r.concerns(account.ID) {
			r.unasked[account.ID] = true
			continue
		}
		if chosen >= r.MostPrincipals {
			r.unasked[account.ID] = true
			r.left().Accounts++
			continue
		}
		principals, err := r.before.Principals(account.ID)
		if err != nil {
			return err
		}
		if chosen > 0 && chosen+len(principals) > r.MostPrincipals {
			r.unasked[account.ID] = true
			r.left().Accounts++
			continue
		}
		chosen += len(principals)
	}
	return nil
}

// left is what is left out.
func (r *run) left() *Left {
	if r.report.Left == nil {
		r.report.Left = &Left{}
	}
	return r.report.Left
}

// bound refuses more questions than may be asked, of which each principal has so many.
func (r *run) bound(each int) error {
	if r.MostQuestions == 0 {
		return nil
	}
	n := 0
	for _, account := range r.accounts {
		if r.unasked[account.ID] {
			continue
		}
		principals, err := r.before.Principals(account.ID)
		if err != nil {
			return err
		}
		if n += len(principals) * each; max(n, each) > r.MostQuestions {
			return &BadRequest{fmt.Sprintf("these are more than %d questions: name fewer accounts, actions, Regions or resources, or ask accord whatif", r.MostQuestions)}
		}
	}
	return nil
}

// question is that of one principal about one action.
func (r *run) question(p *model.Principal, action int, region, resource string) model.Question {
	q := model.Question{Principal: p, Action: r.actions[action], Region: region, Resource: resource, Owner: p.Account, Keys: r.Keys}
	if isOfOrganizations(q.Action.Name) {
		q.Owner = r.before.Organization.Management
	}
	switch {
	case resource != "":
		q.Owner = ownerOf(resource, q.Owner)
	case r.Actions[action].OnResources:
		q.AnyResource = true
	default:
		q.Resource = "*"
	}
	return q
}

// mark names an action in the report.
func (r *run) mark(action int, region, resource string) ActionMark {
	a := &r.Actions[action]
	if len(r.Regions) == 1 {
		region = ""
	}
	return ActionMark{a.Name, a.Reason, region, resource}
}
