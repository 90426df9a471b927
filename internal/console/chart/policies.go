package chart

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"accord/internal/console/visit"
)

// Bounds on what is read for the badges of a page: pages of policies for each type, policies
// in all, and pages of targets for each policy.
const (
	policyPages  = 10
	mostPolicies = 200
	targetPages  = 25
)

// badges are the policies of users by what they are attached to. It asks each policy for its
// targets: nodes are many more than policies. With cut, there are more.
func badges(v *visit.Visit, types []string) (on map[string][]Policy, cut bool, err error) {
	on = map[string][]Policy{}
	asked := 0
	for _, t := range types {
		policies, more, err := visit.Each[Policy](v, "ListPolicies", "Policies", map[string]any{"Filter": t}, "", policyPages)
		if err != nil {
			return on, true, err
		}
		cut = cut || more != ""
		for _, p := range policies {
			if p.AwsManaged {
				continue
			}
			if asked++; asked > mostPolicies {
				return on, true, nil
			}
			targets, more, err := visit.Each[struct{ TargetID string }](v, "ListTargetsForPolicy", "Targets", map[string]any{"PolicyId": p.ID}, "", targetPages)
			if err != nil {
				return on, true, err
			}
			cut = cut || more != ""
			for _, target := range targets {
				on[target.TargetID] = append(on[target.TargetID], p)
			}
		}
	}
	return on, cut, nil
}

// mark puts badges on the nodes of a tree: with the powers of the admin API of exactly these nodes,
// otherwise as far as the API shows policies with reasonable effort. A person who may not see policies
// sees none.
func mark(v *visit.Visit, organization string, tree *Node, types []string) (cut bool, err error) {
	var on map[string][]Policy
	if v.Powers {
		on, err = attachedTo(v, organization, tree)
	} else {
		on, cut, err = badges(v, types)
	}
	tree.each(func(n *Node) {
		n.Policies = on[n.ID]
		n.show(v)
	})
	return cut, unlessDenied(err)
}

// targetsPerRequest is how many targets one request of the admin API may name.
const targetsPerRequest = 1000

// attachedTo are the policies of users by the nodes of a tree that they are attached to.
func attachedTo(v *visit.Visit, organization string, tree *Node) (map[string][]Policy, error) {
	on := map[string][]Policy{}
	var targets []string
	tree.each(func(n *Node) { targets = append(targets, n.ID) })
	for some := range slices.Chunk(targets, targetsPerRequest) {
		var found struct {
			Attachments []struct{ Target, Policy, Type, Name string } `json:"attachments"`
		}
		query := url.Values{"target": some}
		if err := v.Admin(http.MethodGet, "/organizations/"+url.PathEscape(organization)+"/attachments?"+query.Encode(), nil, &found); err != nil {
			return nil, err
		}
		for _, a := range found.Attachments {
			on[a.Target] = append(on[a.Target], Policy{ID: a.Policy, Name: a.Name, Type: a.Type})
		}
	}
	return on, nil
}

// attached are all policies of a node, by type.
func attached(v *visit.Visit, id string, types []string) (all []Policy, err error) {
	for _, t := range types {
		found, _, err := visit.Each[Policy](v, "ListPoliciesForTarget", "Policies", map[string]any{"TargetId": id, "Filter": t}, "", policyPages)
		if err != nil {
			return all, err
		}
		slices.SortStableFunc(found, func(a, b Policy) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, found...)
	}
	return all, nil
}
