package organizations

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/inherit"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// This file computes effective policies. One is kept for each target that policies
// of the type were attached to, and stands for all accounts below that have none
// of their own: so a change costs as much as there are such targets below it, and
// not as there are accounts. What one transaction does is bounded; the rest is due
// work. docs/decisions/0011-effective-policies.md tells why.

// The kinds of jobs that compute. They belong to the server, not to an
// organization: no call waits for them. Their subjects name an enablement of a
// policy type, what is to be computed, and after what.
const (
	effectivePoliciesBelow = "effective policies below"
	effectivePoliciesOf    = "effective policies of a policy"
	accountsJudged         = "accounts with effective policies judged"
)

// computation is the part of one transaction that computes effective policies of
// one type.
type computation struct {
	unit         *operation.Unit
	parsed       *parsedPolicies
	organization *org.Organization
	enabled      org.EnabledPolicyType
	// at is the instant that the computation counts for.
	at time.Time
	// policies and accounts are how many effective policies can still be computed,
	// and how many accounts be judged, in this transaction.
	policies, accounts int
}

func (s *Service) computation(u *operation.Unit, o *org.Organization, e org.EnabledPolicyType) *computation {
	return &computation{unit: u, parsed: &s.parsed, organization: o, enabled: e, at: u.Now(), policies: step, accounts: step}
}

// isManagement reports whether policies of a type are merged into effective ones.
func isManagement(kind org.PolicyType) bool { return policy.DefinitionOf(kind).IsManagement() }

// attachmentsChanged lets the effective policies at and below a target follow the
// policies that are attached to it.
func (s *Service) followAttachments(u *operation.Unit, e org.EnabledPolicyType, t policyTarget) error {
	if !isManagement(e.Type) {
		return nil
	}
	c := s.computation(u, u.Caller.Organization, e)
	if err := c.begin(t); err != nil {
		return err
	}
	return c.follow(effectivePoliciesBelow, t.path, c.below)
}

// policyChanged lets the effective policies follow a policy, wherever it is
// attached.
func (s *Service) followPolicy(u *operation.Unit, p *org.Policy) error {
	if !isManagement(p.Type) {
		return nil
	}
	e, enabled, err := findEnabledType(u.Reader, p.Type)
	if err != nil || !enabled {
		return err
	}
	c := s.computation(u, u.Caller.Organization, e)
	return c.follow(effectivePoliciesOf, string(p.ID), c.of)
}

// follow does the first part of a work now, or plans it for when readers may see
// the change.
func (c *computation) follow(kind, of string, work func(of, after string) error) error {
	if c.unit.Behavior.EffectivePolicyDelay > 0 {
		c.at = c.at.Add(c.unit.Behavior.EffectivePolicyDelay)
		return c.later(kind, of, "")
	}
	return work(of, "")
}

// begin keeps an effective policy for a target that has none of its own: what its
// accounts had until now, from above.
func (c *computation) begin(t policyTarget) error {
	_, err := c.unit.EffectivePolicy(c.organization.ID, c.enabled.EnablementID, t.id)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	e, err := effectiveOn(c.unit.Reader, c.organization.ID, c.enabled, t.path)
	if err != nil {
		return err
	}
	e.Target, e.Path = t.id, t.path
	return c.keep(e)
}

// nothing is the document of accounts to which no policy applies. [recorded]
const nothing = "{}"

// effectiveOn reads the effective policy at the end of a path.
func effectiveOn(r *operation.Reader, organization ident.OrganizationID, enabled org.EnabledPolicyType, path string) (org.EffectivePolicy, error) {
	e, err := r.EffectivePolicyOn(organization, enabled.EnablementID, ident.OnPath(path))
	if errors.Is(err, store.ErrNotFound) {
		return org.EffectivePolicy{Document: nothing, Valid: true, Computed: enabled.Since}, nil
	}
	return e, err
}

func (c *computation) keep(e org.EffectivePolicy) error {
	return c.unit.Tx.UpsertEffectivePolicy(c.organization.ID, c.enabled.EnablementID, e)
}

// below computes what is kept at and below a path, behind another path.
func (c *computation) below(path, after string) error {
	if c.policies <= 0 {
		return c.later(effectivePoliciesBelow, path, after)
	}
	limit := c.policies
	kept, err := c.unit.EffectivePoliciesBelow(c.organization.ID, c.enabled.EnablementID, path, after, limit)
	if err != nil {
		return err
	}
	if err := c.compute(kept, path); err != nil || len(kept) < limit {
		return err
	}
	return c.later(effectivePoliciesBelow, path, kept[limit-1].Path)
}

// of computes what is kept at and below the targets of a policy, behind a place in
// the order of its attachments.
func (c *computation) of(id, after string) error {
	from, err := parsePosition(after)
	if err != nil {
		return err
	}
	kept, err := c.unit.EffectivePoliciesOf(c.organization.ID, c.enabled.EnablementID, ident.PolicyID(id), from, step)
	if err != nil || len(kept) == 0 {
		return err
	}
	last := kept[len(kept)-1].Attached
	slices.SortFunc(kept, func(a, b store.EffectivePolicyOf) int { return strings.Compare(a.Path, b.Path) })
	var above []string
	var accounts []org.EffectivePolicy
	for _, e := range kept {
		switch {
		case covered(above, e.Path):
		case e.Target.IsAccount():
			accounts = append(accounts, e.EffectivePolicy)
		default:
			above = append(above, e.Path)
			if err := c.below(e.Path, ""); err != nil {
				return err
			}
		}
	}
	if err := c.compute(accounts, ""); err != nil || len(kept) < step {
		return err
	}
	return c.later(effectivePoliciesOf, id, strconv.FormatInt(last, 10))
}

func parsePosition(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// compute merges what applies to targets, given in the order of their paths, and
// judges the accounts of those whose validity turned. below is the path from which
// everything is computed; empty where that is not the case.
func (c *computation) compute(kept []org.EffectivePolicy, below string) error {
	c.policies -= len(kept)
	levels, err := c.levels(kept)
	if err != nil {
		return err
	}
	var turned []string
	for i := range kept {
		e := &kept[i]
		if c.knows(e) {
			continue
		}
		valid := e.Valid
		own, err := c.merge(e, levels)
		if err != nil {
			return err
		}
		if e.Valid != valid && !covered(turned, e.Path) {
			turned = append(turned, e.Path)
		}
		// It says what is said above, where it was computed at the same time.
		if below != "" && e.Path != below && !own && e.Valid {
			err = c.unit.Tx.DeleteEffectivePolicy(c.organization.ID, c.enabled.EnablementID, e.Target)
		} else {
			err = c.keep(*e)
		}
		if err != nil {
			return err
		}
	}
	for _, path := range turned {
		if err := c.judge(path, ""); err != nil {
			return err
		}
	}
	return nil
}

// covered reports whether a path is below the last of some in order.
func covered(paths []string, path string) bool {
	return len(paths) > 0 && strings.HasPrefix(path, paths[len(paths)-1])
}

// knows reports whether an effective policy was computed after the change for
// which it is to be computed: changes in quick succession are one. [recorded]
func (c *computation) knows(e *org.EffectivePolicy) bool {
	delay := c.unit.Behavior.EffectivePolicyDelay
	return delay > 0 && e.Computed.After(c.at.Add(-delay))
}

// merge computes the effective policy of a target, and reports whether policies
// are attached to the target itself.
func (c *computation) merge(e *org.EffectivePolicy, on map[ident.TargetID][]inherit.Attached) (own bool, err error) {
	e.Applies = false
	var levels [][]inherit.Attached
	for _, step := range ident.OnPath(e.Path) {
		if level := on[step]; len(level) > 0 {
			e.Applies = true
			levels = append(levels, level)
		}
	}
	result := policy.DefinitionOf(c.enabled.Type).Schema.Merge(levels, c.at)
	e.Valid, e.Errors = result.Valid(), ""
	if e.Valid {
		e.Document = result.Document
	} else {
		report, err := json.Marshal(result.Errors)
		if err != nil {
			return false, err
		}
		e.Errors = string(report)
	}
	if c.at.After(e.Computed) {
		e.Computed = c.at
	}
	return len(on[e.Target]) > 0, nil
}

// reportOf reads the report of an effective policy that is kept.
func reportOf(e *org.EffectivePolicy) ([]inherit.Error, error) {
	if e.Valid {
		return nil, nil
	}
	var report []inherit.Error
	if err := json.Unmarshal([]byte(e.Errors), &report); err != nil {
		return nil, fmt.Errorf("the report on %s: %w", e.Path, err)
	}
	return report, nil
}

// levels reads what is attached on the way to each of some targets, in the order
// of attachment.
func (c *computation) levels(kept []org.EffectivePolicy) (map[ident.TargetID][]inherit.Attached, error) {
	var targets []ident.TargetID
	seen := map[ident.TargetID]bool{}
	for _, e := range kept {
		for _, t := range ident.OnPath(e.Path) {
			if !seen[t] {
				seen[t] = true
				targets = append(targets, t)
			}
		}
	}
	links, err := c.unit.AttachmentLinks(c.organization.ID, c.enabled.EnablementID, targets)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(links, func(a, b store.AttachmentLink) int { return int(a.Position - b.Position) })
	levels := make(map[ident.TargetID][]inherit.Attached, len(links))
	for _, l := range links {
		parsed, err := c.parsed.get(c.enabled.Type, l.Digest, l.Policy, func(id ident.PolicyID) (string, error) {
			p, err := c.unit.Policy(c.organization.ID, id)
			return p.Content, err
		})
		if err != nil {
			return nil, err
		}
		levels[l.Target] = append(levels[l.Target], inherit.Attached{ID: string(l.Policy), Parsed: parsed})
	}
	return levels, nil
}

// placed gives an account the effective policies of the place that it has got; from
// is the path of its parent before, empty when it joined. [AWS: moved accounts;
// computed at once, assumed]
func (s *Service) followParent(u *operation.Unit, o *org.Organization, a *org.Account, from string) error {
	types, err := u.EnabledPolicyTypes(o.ID)
	if err != nil {
		return err
	}
	for _, e := range types {
		if !isManagement(e.Type) {
			continue
		}
		if err := s.computation(u, o, e).place(a, from); err != nil {
			return err
		}
	}
	return nil
}

func (c *computation) place(a *org.Account, from string) error {
	path := ident.AccountPath(a.Membership.ParentPath, a.ID)
	own, err := c.unit.EffectivePolicy(c.organization.ID, c.enabled.EnablementID, a.ID.Target())
	if err == nil {
		own.Path = path
		if err := c.recompute(&own); err != nil {
			return err
		}
		return c.judge(path, "")
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	above, err := effectiveOn(c.unit.Reader, c.organization.ID, c.enabled, path)
	if err != nil {
		return err
	}
	if !above.Valid {
		// The last valid document is the account's, not that of the place.
		before := org.EffectivePolicy{Document: nothing}
		if from != "" {
			if before, err = effectiveOn(c.unit.Reader, c.organization.ID, c.enabled, from); err != nil {
				return err
			}
		}
		above.Target, above.Path, above.Document, above.Computed = a.ID.Target(), path, before.Document, c.at
		if err := c.keep(above); err != nil {
			return err
		}
	}
	return c.judge(path, "")
}

// recompute computes the effective policy that is kept for one target, or drops it
// where it is that of the place.
func (c *computation) recompute(e *org.EffectivePolicy) error {
	levels, err := c.levels([]org.EffectivePolicy{*e})
	if err != nil {
		return err
	}
	own, err := c.merge(e, levels)
	if err != nil {
		return err
	}
	if !own && e.Valid {
		return c.unit.Tx.DeleteEffectivePolicy(c.organization.ID, c.enabled.EnablementID, e.Target)
	}
	return c.keep(*e)
}

// later plans a work that continues behind a place.
func (c *computation) later(kind, of, after string) error {
	return c.unit.Tx.InsertJob(store.Job{
		// The installation's own: no call of the organization has to wait for it.
		At: c.at, Kind: kind,
		Subject: strings.Join([]string{string(c.organization.ID), strconv.FormatInt(c.enabled.EnablementID, 10), of, after}, " "),
	})
}

// resume continues a work that was planned with later, unless its policy type was
// disabled or its organization deleted meanwhile.
func (s *Service) resume(u *operation.Unit, job store.Job, work func(c *computation, of, after string) error) error {
	parts := strings.Split(job.Subject, " ")
	if len(parts) != 4 {
		return fmt.Errorf("due work %q names no computation", job.Subject)
	}
	enabling, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return err
	}
	o, err := u.Organization(ident.OrganizationID(parts[0]))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	types, err := u.EnabledPolicyTypes(o.ID)
	if err != nil {
		return err
	}
	for _, e := range types {
		if e.EnablementID == enabling {
			return work(s.computation(u, &o, e), parts[2], parts[3])
		}
	}
	return nil
}

func (s *Service) computeBelow(u *operation.Unit, job store.Job) error {
	return s.resume(u, job, (*computation).below)
}

func (s *Service) computeOf(u *operation.Unit, job store.Job) error {
	return s.resume(u, job, (*computation).of)
}

func (s *Service) judgeAccounts(u *operation.Unit, job store.Job) error {
	return s.resume(u, job, (*computation).judge)
}
