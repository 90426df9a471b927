package whatif

import (
	"context"

	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// asking is recorded calls while they are asked about.
type asking struct {
	*run
	out      *Calls
	accounts map[ident.AccountID]int
	seen     map[string]bool
	// late are calls across accounts as the account of the resource recorded them: the
	// record of the caller says more, if there is one.
	late []*cloudtrail.Record
}

// askRecords asks about recorded calls: the organization's policies alone, because those
// of the identity allowed the call when it was made.
func (r *run) askRecords(ctx context.Context) error {
	a := asking{r, &Calls{Skipped: map[cloudtrail.Skipped]int{}, Unmapped: map[string]int{}}, map[ident.AccountID]int{}, map[string]bool{}, nil}
	r.report.Calls = a.out
	for i, account := range r.accounts {
		a.accounts[account.ID] = i
	}
	for record, err := range r.Records {
		if err != nil {
			return &BadRequest{err.Error()}
		}
		if a.out.Records++; a.out.Records%batch == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if r.Progress != nil {
				r.Progress(a.out.Records, 0)
			}
		}
		switch shared := record.SharedEventID; {
		case shared != "" && record.Identity.Type == "AWSAccount":
			a.late = append(a.late, record)
			continue
		case shared != "" && a.seen[shared]:
			a.out.Skipped[cloudtrail.Repeated]++
			continue
		case shared != "":
			a.seen[shared] = true
		}
		a.ask(record)
	}
	for _, record := range a.late {
		if a.seen[record.SharedEventID] {
			a.out.Skipped[cloudtrail.Repeated]++
			continue
		}
		a.seen[record.SharedEventID] = true
		a.ask(record)
	}
	return ctx.Err()
}

// ask asks about one record.
func (a *asking) ask(record *cloudtrail.Record) {
	call, skipped := cloudtrail.Map(record)
	if call == nil {
		a.out.Skipped[skipped]++
		if skipped == cloudtrail.Unmapped {
			a.out.Unmapped[record.EventSource+" "+record.EventName]++
		}
		return
	}
	index, selected := a.accounts[call.Account]
	switch {
	case call.Account == a.before.Organization.Management || a.before.Organization.Account(call.Account) == nil:
		a.out.Outside++
		return
	case !selected:
		a.out.Skipped[cloudtrail.NotSelected]++
		return
	}
	switch {
	case call.Refused:
		a.out.Refused++
		if call.BySCP {
			a.out.BySCP++
		}
		return
	case call.Failed:
		a.out.Failed++
	}
	a.out.Asked++
	a.report.Summary.Questions++
	d := a.differs(pair{call.Account, call.Owner})
	if !d.any {
		return
	}
	principal := model.Recorded(evaluate.Principal{Kind: call.Kind, ARN: call.Principal, Account: call.Account}, call.Principal)
	before, after := verdict{any: call.Any}, verdict{any: call.Any}
	for i := range call.Asked {
		asked := &call.Asked[i]
		q := model.Question{
			Principal: principal, Action: evaluate.ActionOf(asked.Action), Resource: asked.Resource, AnyResource: asked.AnyResource,
			Owner: call.Owner, Region: call.Region, Keys: call.Keys,
		}
		whole := func(s *model.State) model.Paths { return s.PathsOf(call.Account, call.Owner) }
		before.add(a.before.JudgePaths(&q, whole(a.before)))
		after.add(a.after.JudgePaths(&q, whole(a.after)))
		f := finding{
			account: index, principal: call.Principal, action: ActionMark{Action: asked.Action}, paths: whole, calls: 1, event: call.EventID,
		}
		before.of(i, f)
		after.of(i, f)
	}
	if before.Verdict == after.Verdict && same(before.Judgment, after.Judgment) {
		return
	}
	f := after.finding
	if after.Verdict == evaluate.Allowed {
		f = before.finding
	}
	if f.principal == "" {
		f.principal = "an unknown principal of " + string(call.Account)
	}
	a.rows.add(f, before.Judgment, after.Judgment)
}

// verdict combines the judgments of the actions of a call.
type verdict struct {
	evaluate.Judgment
	finding
	any      bool
	judged   int
	decisive int
}

// add adds the judgment of the next action. All of them are needed; or one that is not
// known, and then different judgments leave it open.
func (v *verdict) add(j evaluate.Judgment) {
	defer func() { v.judged++ }()
	switch {
	case v.judged == 0:
		v.Judgment, v.decisive = j, 0
	case v.any && j.Verdict != v.Verdict:
		if j.Verdict == evaluate.Denied {
			v.Judgment, v.decisive = j, v.judged
		}
		v.Verdict = evaluate.Depends
		v.Keys = append(v.Keys, "action")
	case !v.any && severity[j.Verdict] > severity[v.Verdict]:
		v.Judgment, v.decisive = j, v.judged
	}
}

// of keeps the finding of the action that decides so far.
func (v *verdict) of(action int, f finding) {
	if v.decisive == action {
		v.finding = f
	}
}

// severity orders verdicts: the worst decides.
var severity = map[evaluate.Verdict]int{evaluate.Allowed: 0, evaluate.Depends: 1, evaluate.Denied: 2}
