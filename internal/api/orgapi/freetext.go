package orgapi

import (
	"strings"

	"accord/internal/api"
)

// FreeText is a request with members that hold text of people: names, descriptions,
// notes and tag values.
type FreeText interface {
	// freeText calls yield with each such member that was sent, in the order of the
	// model.
	freeText(yield func(value *string, at func(*api.Violation) *api.Violation))
}

// scripts are patterns of cross-site scripting that CheckScripts finds. [AWS: text of
// INVALID_PATTERN, July 2026; the patterns are assumed]
var scripts = api.NewExpression(`(?i)` + strings.Join([]string{
	`<\s*/?\s*(?:script|iframe|object|embed|svg|img|math|body|html|link|meta|style|base|form|input|video|audio)\b`,
	`(?:javascript|vbscript)\s*:`,
	`data\s*:\s*text/html`,
	`\bon(?:abort|blur|change|click|dblclick|drag\w*|error|focus|input|key\w*|load\w*|mouse\w*|paste|pointer\w*|reset|resize` +
		`|scroll|select|submit|toggle|touch\w*|unload|wheel|animation\w*|transition\w*|begin|end)\s*=`,
}, "|"))

// CheckScripts returns the error of the first free text of a request that holds a
// script, or nil.
func CheckScripts(in FreeText) *api.Error {
	var found *api.Violation
	in.freeText(func(value *string, at func(*api.Violation) *api.Violation) {
		// Each pattern has one of these characters; most texts have none.
		if found == nil && value != nil && strings.ContainsAny(*value, "<:=") && scripts.MatchString(*value) {
			found = at(&api.Violation{Constraint: api.Pattern, Value: *value, Want: "no script"})
		}
	})
	if found == nil {
		return nil
	}
	return errorOf(found)
}

// member says where a violation is.
func member(name string) func(*api.Violation) *api.Violation {
	return func(v *api.Violation) *api.Violation { return v.At(name) }
}

// tagValues are the values of tags.
func tagValues(tags []Tag, yield func(*string, func(*api.Violation) *api.Violation)) {
	for i := range tags {
		yield(tags[i].Value, func(v *api.Violation) *api.Violation { return v.At("Value").In("Tags", i) })
	}
}

func (in *CreateAccountRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.AccountName, member("AccountName"))
	tagValues(in.Tags, yield)
}

func (in *CreateGovCloudAccountRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.AccountName, member("AccountName"))
	tagValues(in.Tags, yield)
}

func (in *CreateOrganizationalUnitRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Name, member("Name"))
	tagValues(in.Tags, yield)
}

func (in *UpdateOrganizationalUnitRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Name, member("Name"))
}

func (in *CreatePolicyRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Description, member("Description"))
	yield(in.Name, member("Name"))
	tagValues(in.Tags, yield)
}

func (in *UpdatePolicyRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Name, member("Name"))
	yield(in.Description, member("Description"))
}

func (in *InviteAccountToOrganizationRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Notes, member("Notes"))
	tagValues(in.Tags, yield)
}

func (in *InviteOrganizationToTransferResponsibilityRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Notes, member("Notes"))
	yield(in.SourceName, member("SourceName"))
	tagValues(in.Tags, yield)
}

func (in *UpdateResponsibilityTransferRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	yield(in.Name, member("Name"))
}

func (in *PutResourcePolicyRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	tagValues(in.Tags, yield)
}

func (in *TagResourceRequest) freeText(yield func(*string, func(*api.Violation) *api.Violation)) {
	tagValues(in.Tags, yield)
}
