package tags

import (
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/inherit"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/effective"
)

// requireTagPolicy rejects tags of a request that break the effective tag policy of
// the management account, where that is enforced for the kind of resource. Tags
// that wait for an account are judged here only, not when it comes. [AWS: guide,
// enforcement of tag policies; whose policy it is, is assumed]
func requireTagPolicy(u *operation.Unit, on Kind, tags []org.Tag) error {
	if !u.Behavior.TagPolicyEnforcement || on == "" {
		return nil
	}
	enabled, isEnabled, err := effective.FindEnabledType(u.Reader, policy.Tag)
	if err != nil || !isEnabled {
		return err
	}
	management, err := u.Account(u.Caller.Organization.Management)
	if err != nil {
		return err
	}
	path := ident.AccountPath(management.Membership.ParentPath, management.ID)
	effective, err := effective.On(u.Reader, u.Caller.Organization.ID, enabled, path)
	if err != nil {
		return err
	}
	if violation := inherit.CheckTags(effective.Document, string(on), tags); violation != "" {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonTagPolicyViolation).
			Saying("The tags do not comply with the tag policy of your organization: " + violation + ".").
			RaisedBy("--behavior tag-policy-enforcement")
	}
	return nil
}
