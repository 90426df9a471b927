package operation

import (
	"net/http"
	"slices"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/authz"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
)

// authorize rejects a call that policies deny its caller.
func (r *Reader) authorize(in api.Request) error {
	verdict, err := r.authz.Decide(r.question(in))
	if err != nil {
		return err
	}
	if verdict.Gone {
		return api.UnrecognizedClient()
	}
	if r.delegated, r.once = verdict.Delegated, verdict.Once; verdict.Denied != "" {
		return r.denied(verdict.Denied)
	}
	return nil
}

// question is the call as a question to the policies.
func (r *Reader) question(in api.Request) *authz.Call {
	return &authz.Call{
		View: r.View, Caller: r.Caller.Identity, Account: &r.Caller.Account, Organization: r.Caller.Organization,
		Operation: r.Operation, Input: in,
	}
}

// recordedDenial is the code of a denial by policies in event records. [seen: event
// records of AWS Organizations]
const recordedDenial = "AccessDenied"

// denied is the answer to a call that policies deny. The recorded service tells nobody why.
func (r *Reader) denied(text string) *api.Error {
	if r.service != orgapi.ServiceName {
		return &api.Error{Type: "AccessDenied", Message: text, Status: http.StatusForbidden, Setting: enforcement}
	}
	native := orgapi.ErrAccessDenied()
	native.Recorded = recordedDenial
	return native.Saying(text).Natively(native).RaisedBy(enforcement)
}

// PoliciesOf returns the policies of a user, group or role of the caller's account, and its
// permissions boundary.
func (r *Reader) PoliciesOf(i *iam.Identity) ([]*evaluate.Named, evaluate.Limit, error) {
	return r.authz.PoliciesOf(r.View, r.Caller.Partition(), i)
}

// ServiceControl returns the SCPs on the path of the caller's account, and whether SCPs
// bind its principals: the account is a member, and the type is enabled.
func (r *Reader) ServiceControl() (levels []evaluate.Level, bound bool, err error) {
	o := r.Caller.Organization
	if o == nil || o.ManagedBy(r.Caller.Account.ID) {
		return nil, false, nil
	}
	enabled, err := r.View.EnabledPolicyTypes(o.ID)
	if err != nil || !slices.ContainsFunc(enabled, func(t org.EnabledPolicyType) bool { return t.Type == policy.ServiceControl }) {
		return nil, false, err
	}
	levels, _, err = r.authz.LevelsOf(r.View, o, &r.Caller.Account)
	return levels, true, err
}

// enforcement is the setting without which no policy would deny anything.
const enforcement = "--behavior enforce-policies"

// Delegated reports whether the delegation policy gives the call to the caller's account.
func (r *Reader) Delegated() bool { return r.delegated }

// RequireServiceLinkedRole rejects a call that would make AWSServiceRoleForOrganizations in
// the account of its caller, who may not make it. [AWS: AcceptHandshake]
func (r *Reader) RequireServiceLinkedRole(in ident.AccountID) error {
	if r.Caller == nil || r.Caller.Account.ID != in {
		return nil
	}
	allowed, err := r.authz.MayMakeServiceLinkedRole(r.question(nil))
	if err != nil || allowed {
		return err
	}
	return orgapi.ErrAccessDeniedForDependency(orgapi.AccessDeniedForDependencyExceptionReasonAccessDeniedDuringCreateServiceLinkedRole).
		RaisedBy(enforcement)
}
