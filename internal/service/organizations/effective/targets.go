package effective

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// Target is a root, unit or account that policies are attached to.
type Target struct {
	ID   ident.TargetID
	Path string
}

// begin stores an effective policy for a target that has none of its own: what its
// accounts inherited until now.
func (c *computation) begin(t Target) error {
	_, err := c.unit.EffectivePolicy(c.organization.ID, c.enabled.EnablementID, t.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	e, err := On(c.unit.Reader, c.organization.ID, c.enabled, t.Path)
	if err != nil {
		return err
	}
	e.Target, e.Path = t.ID, t.Path
	return c.keep(e)
}

// below computes what is stored at and below a path, after another path.
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

// of computes what is stored at and below the targets of a policy, after a position
// in the order of its attachments.
func (c *computation) of(id, after string) error {
	from, err := parsePosition(after)
	if err != nil {
		return err
	}
	kept, err := c.unit.EffectivePoliciesOf(c.organization.ID, c.enabled.EnablementID, ident.PolicyID(id), from, batch)
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
	if err := c.compute(accounts, ""); err != nil || len(kept) < batch {
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
// judges the accounts of those whose validity changed. below is the path from which
// everything is computed; empty where that is not the case.
func (c *computation) compute(kept []org.EffectivePolicy, below string) error {
	c.policies -= len(kept)
	levels, err := c.levels(kept)
	if err != nil {
		return err
	}
	var changed []string
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
		if e.Valid != valid && !covered(changed, e.Path) {
			changed = append(changed, e.Path)
		}
		// It equals what is inherited, which was computed at the same time.
		if below != "" && e.Path != below && !own && e.Valid {
			err = c.unit.Tx.DeleteEffectivePolicy(c.organization.ID, c.enabled.EnablementID, e.Target)
		} else {
			err = c.keep(*e)
		}
		if err != nil {
			return err
		}
	}
	for _, path := range changed {
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

// setParent gives an account the effective policy of its new parent; from is the path of
// the parent before, empty when the account joined.
func (c *computation) setParent(a *org.Account, from string) error {
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
	above, err := On(c.unit.Reader, c.organization.ID, c.enabled, path)
	if err != nil {
		return err
	}
	if !above.Valid {
		// The last valid document is the account's, not that of the parent.
		before := org.EffectivePolicy{Document: nothing}
		if from != "" {
			if before, err = On(c.unit.Reader, c.organization.ID, c.enabled, from); err != nil {
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

// recompute computes the effective policy that is stored for one target, or deletes
// it if it equals the inherited one.
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
