package effective

import (
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// judge finds out which accounts at and below a path, after the path of an account,
// have invalid effective policies, and records those whose validity changed. How many
// accounts one transaction judges is bounded.
func (c *computation) judge(path, after string) error {
	targets := ident.OnPath(path)
	if last := targets[len(targets)-1]; last.IsAccount() {
		a, err := c.unit.EvaluatedAccount(c.organization.ID, c.enabled.EnablementID, ident.AccountID(last))
		if err != nil {
			return operation.IgnoreMissing(err)
		}
		return c.judgeAll([]store.EvaluatedAccount{a})
	}
	if c.accounts <= 0 {
		return c.later(accountsJudged, path, after)
	}
	limit := c.accounts
	accounts, err := c.unit.EvaluatedAccountsBelow(c.organization.ID, c.enabled.EnablementID, path, after, limit)
	if err != nil {
		return err
	}
	if err := c.judgeAll(accounts); err != nil || len(accounts) < limit {
		return err
	}
	return c.later(accountsJudged, path, accounts[limit-1].Path())
}

// judgeAll judges accounts, of which those with the same parent follow each other.
func (c *computation) judgeAll(accounts []store.EvaluatedAccount) error {
	c.accounts -= len(accounts)
	var above org.EffectivePolicy
	var parent string
	for _, a := range accounts {
		if a.ParentPath != parent {
			var err error
			if above, err = On(c.unit.Reader, c.organization.ID, c.enabled, a.ParentPath); err != nil {
				return err
			}
			parent = a.ParentPath
		}
		e, valid := above, above.Valid
		if a.Own {
			valid = a.OwnValid
		}
		if valid == !a.Invalid {
			continue
		}
		if a.Own {
			var err error
			if e, err = c.unit.EffectivePolicy(c.organization.ID, c.enabled.EnablementID, a.ID.Target()); err != nil {
				return err
			}
		}
		if err := c.recordValidity(a, &e); err != nil {
			return err
		}
	}
	return nil
}

// recordValidity records that the effective policy of an account has become valid or
// invalid. [AWS: EffectivePolicyValidation events]
func (c *computation) recordValidity(a store.EvaluatedAccount, e *org.EffectivePolicy) error {
	record := c.unit.Tx.InsertInvalidAccount
	if e.Valid {
		record = c.unit.Tx.DeleteInvalidAccount
	}
	if err := record(c.organization.ID, c.enabled.EnablementID, a); err != nil {
		return err
	}
	report, err := reportOf(e)
	if err != nil {
		return err
	}
	validation := event.Validation{
		Account: a.ID, Path: a.Path(), Evaluated: e.Computed, PolicyType: string(c.enabled.Type), Valid: e.Valid,
	}
	for _, found := range report {
		validation.Errors = append(validation.Errors, event.ValidationError{
			Code: found.ErrorCode, Message: found.ErrorMessage, PathToError: found.PathToError,
			ContributingPolicies: found.ContributingPolicies,
		})
	}
	return c.unit.Record(c.organization.Management, c.organization.Owner(),
		event.EffectivePolicyValidation(c.unit.Source.UUID(), c.organization.Management, validation, c.at))
}
