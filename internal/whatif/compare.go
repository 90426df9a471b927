package whatif

import (
	"iter"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// Request is what is asked.
type Request struct {
	Changes []change.Change
	// Actions are asked about for every principal; nil for none.
	Actions []cloudtrail.Action
	// Resources are the ARNs that the actions are on; nil for resources that are not known.
	Resources []string
	// Accounts are those asked about; nil for all.
	Accounts []ident.AccountID
	// Regions are asked about one by one; nil for a Region that is not known.
	Regions []string
	// Keys are condition keys in lower case that are known for all questions.
	Keys map[string]model.Key
	// Records are recorded calls, which are asked about again; nil for none.
	Records iter.Seq2[*cloudtrail.Record, error]
	// MostQuestions bounds the questions about actions; 0 for no bound.
	MostQuestions int
	// MostPrincipals, if set, has only accounts asked about whose answers the changes can make
	// different, and of these so many that they have no more principals, the first one at least.
	// MostRows bounds the rows of the report; 0 for no bound.
	MostPrincipals, MostRows int
	// Progress, if set, is told how many accounts, or records, were asked about. Of is 0 for
	// records, whose number is not known before.
	Progress func(done, of int)
}

// BadRequest is an error in a request.
type BadRequest struct{ Text string }

func (e *BadRequest) Error() string { return e.Text }

// run is one request while it is answered.
type run struct {
	*Request
	before, after *model.State
	accounts      []model.Account
	// unasked are the accounts that are not asked about actions.
	unasked map[ident.AccountID]bool
	actions []evaluate.Action
	report  *Report
	rows    rows
	pairs   map[pair]*different
}

// pair is the account of a principal and the one that owns the resource.
type pair struct{ principal, owner ident.AccountID }

// different are the levels on the paths of a pair that the changes make different: the
// others decide the same before and after.
type different struct {
	before, after model.Paths
	any           bool
}

// differs returns what differs for a pair.
func (r *run) differs(of pair) *different {
	if known := r.pairs[of]; known != nil {
		return known
	}
	d := &different{before: r.before.PathsOf(of.principal, of.owner), after: r.after.PathsOf(of.principal, of.owner)}
	r.pairs[of] = d
	for _, account := range []ident.AccountID{of.principal, of.owner} {
		// Policies that ask for the path of an account decide differently where it moves.
		d.any = d.any || r.before.Path(account) != r.after.Path(account)
	}
	if d.any {
		return d
	}
	var scp, rcp bool
	d.before.SCP, d.after.SCP, scp = unequal(d.before.SCP, d.after.SCP)
	d.before.RCP, d.after.RCP, rcp = unequal(d.before.RCP, d.after.RCP)
	d.any = scp || rcp
	return d
}

// concerns reports whether the changes can make an answer about an account different: that on its
// own resources, or on those of the organization. The management account is not bound; of
// resources that are named it knows nothing.
func (r *run) concerns(account ident.AccountID) bool {
	management := r.before.Organization.Management
	return len(r.Resources) > 0 || account != management && (r.differs(pair{account, account}).any || r.differs(pair{account, management}).any)
}

// unequal are the levels of two paths without those that are equal. Paths with other
// targets are left whole.
func unequal(before, after []evaluate.Level) (b, a []evaluate.Level, differ bool) {
	if len(before) != len(after) {
		return before, after, true
	}
	for i := range before {
		if before[i].Target != after[i].Target {
			return before, after, true
		}
		if !slices.Equal(before[i].Policies, after[i].Policies) {
			b, a, differ = append(b, before[i]), append(a, after[i]), true
		}
	}
	return b, a, differ
}

// compare asks a question before and after the changes, first only the levels that differ.
func (r *run) compare(q *model.Question, f finding) error {
	d := r.differs(pair{q.Principal.Account, q.Owner})
	if !d.any || same(r.before.JudgePaths(q, d.before), r.after.JudgePaths(q, d.after)) {
		return nil
	}
	before, err := r.before.Judge(q)
	if err != nil {
		return err
	}
	after, err := r.after.Judge(q)
	if err != nil || same(before, after) {
		return err
	}
	f.principal, f.administrator = q.Principal.EntityARN, q.Principal.Administrator
	f.paths = func(s *model.State) model.Paths { return s.PathsOf(q.Principal.Account, q.Owner) }
	r.rows.add(f, before, after)
	return nil
}

func same(a, b evaluate.Judgment) bool {
	return a.Verdict == b.Verdict && slices.Equal(a.Keys, b.Keys)
}

// isOfOrganizations reports whether an action is on resources of the organization, which the
// management account owns.
func isOfOrganizations(action string) bool { return strings.HasPrefix(action, "organizations:") }

// ownerOf is the account in an ARN, or another one for an ARN without an account.
func ownerOf(arn string, otherwise ident.AccountID) ident.AccountID {
	if parts, n := condition.SplitARN(arn); n == len(parts) && ident.AccountID(parts[4]).Valid() {
		return ident.AccountID(parts[4])
	}
	return otherwise
}
