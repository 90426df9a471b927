package effective

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

// One effective policy is stored for each target that policies of the type were
// attached to. It holds for all accounts below that have none of their own, so the
// cost of a change grows with the number of such targets below it, not with the
// number of accounts. What one transaction does is bounded; jobs do the rest.
// docs/decisions/0011-effective-policies.md says why.

// batch is how many targets or accounts one transaction deals with where there can
// be any number.
const batch = 100

// computation is the part of one transaction that computes effective policies of
// one type.
type computation struct {
	unit         *operation.Unit
	parsed       parsedPolicies
	organization *org.Organization
	enabled      org.EnabledPolicyType
	// at is the instant that the computation counts for.
	at time.Time
	// policies and accounts are how many effective policies can still be computed,
	// and how many accounts be judged, in this transaction.
	policies, accounts int
}

// nothing is the document of accounts to which no policy applies. [recorded]
const nothing = "{}"

// On reads the effective policy at the end of a path.
func On(r *operation.Reader, organization ident.OrganizationID, enabled org.EnabledPolicyType, path string) (org.EffectivePolicy, error) {
	e, err := r.EffectivePolicyOn(organization, enabled.EnablementID, ident.OnPath(path))
	if errors.Is(err, store.ErrNotFound) {
		return org.EffectivePolicy{Document: nothing, Valid: true, Computed: enabled.Since}, nil
	}
	return e, err
}

// keep stores an effective policy.
func (c *computation) keep(e org.EffectivePolicy) error {
	return c.unit.Tx.UpsertEffectivePolicy(c.organization.ID, c.enabled.EnablementID, e)
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

// reportOf reads the report of a stored effective policy.
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

// levels reads what is attached on the paths to some targets, in the order of
// attachment.
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

// later plans a job that continues after a path or a position.
func (c *computation) later(kind, of, after string) error {
	return c.unit.Plan(store.Job{
		// It belongs to no organization: no call has to wait for it.
		At: c.at, Kind: kind,
		Subject: strings.Join([]string{string(c.organization.ID), strconv.FormatInt(c.enabled.EnablementID, 10), of, after}, " "),
	})
}
