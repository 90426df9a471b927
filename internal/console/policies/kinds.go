// Package policies gathers what the pages of policies show, changes policies, and says what a
// change would do before it is made.
package policies

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/policy"
	"accord/internal/quota"
)

// Kind is a policy type as the pages show it.
type Kind struct {
	Type string
	// Name is what its policies are called: "service control policies".
	Name    string
	Enabled bool
	// Merged says that accounts have effective policies of it.
	Merged bool
	// Service is the service that needs trusted access first; empty if none does.
	Service string
	// Most, Size and PerTarget are the quotas of the organization: policies, characters of a
	// document, and policies of one target; empty for a person who may not see them.
	Most, Size, PerTarget string
}

// kinds are all policy types. The quotas are those of quotas, which may be nil.
func kinds(enabled []string, quotas map[string]string) []Kind {
	all := make([]Kind, 0, len(policy.Types))
	for i := range policy.Types {
		d := &policy.Types[i]
		all = append(all, Kind{
			Type: string(d.Type), Name: nameOf(d), Enabled: slices.Contains(enabled, string(d.Type)), Merged: d.IsManagement(), Service: string(d.ServicePrincipal),
			Most: quotas[string(quota.Policies(d.Type))], Size: quotas[string(quota.PolicySize(d.Type))], PerTarget: quotas[string(quota.Attachments(d.Type))],
		})
	}
	return all
}

// nameOf is what policies of a type are called.
func nameOf(d *policy.Definition) string {
	name := strings.ToLower(visit.Words(string(d.Type)))
	if d.Schema != nil {
		_, name, _ = strings.Cut(d.Schema.Name, " ")
	}
	return strings.Replace(name, "policy", "policies", 1)
}

// One is what one of its policies is called.
func (k Kind) One() string { return strings.Replace(k.Name, "policies", "policy", 1) }

// Title is Name as a heading.
func (k Kind) Title() string { return strings.ToUpper(k.Name[:1]) + k.Name[1:] }

// OneTitle is One as a heading.
func (k Kind) OneTitle() string { return strings.ToUpper(k.Name[:1]) + k.One()[1:] }

// find returns a policy type; the first one for a type that there is not.
func find(all []Kind, name string) Kind {
	if i := slices.IndexFunc(all, func(k Kind) bool { return k.Type == name }); i >= 0 {
		return all[i]
	}
	return all[0]
}

// Ground is what all pages of policies know of an organization.
type Ground struct {
	// Organization has no ID for an account that is in none.
	Organization chart.Organization
	// Root is nil for an account to which the API does not show it.
	Root  *chart.RootOf
	Kinds []Kind
}

// survey reads the organization of the account that the person acts as.
func survey(v *visit.Visit) (Ground, error) {
	g := Ground{}
	described, err := chart.Describe(v)
	if err != nil || described == nil {
		g.Kinds = kinds(nil, nil)
		return g, err
	}
	g.Organization = *described
	g.Root, err = chart.DescribeRoot(v)
	if err != nil && !visit.Is(err, "AccessDeniedException") {
		return g, err
	}
	quotas, err := quotasOf(v, g.Organization.ID)
	var enabled []string
	if g.Root != nil {
		enabled = g.Root.Enabled()
	}
	g.Kinds = kinds(enabled, quotas)
	return g, err
}

// quotasOf reads the quotas of an organization; none without the powers of the admin API.
func quotasOf(v *visit.Visit, organization string) (map[string]string, error) {
	if !v.Powers {
		return nil, nil
	}
	var list struct {
		Quotas []struct{ Name, Value string }
	}
	err := v.Admin(http.MethodGet, "/organizations/"+url.PathEscape(organization)+"/quotas", nil, &list)
	values := map[string]string{}
	for _, q := range list.Quotas {
		values[q.Name] = q.Value
	}
	return values, err
}
