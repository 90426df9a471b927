package chart

import (
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

// mark puts badges on the nodes of a tree. A person who may not see policies sees none.
func mark(v *visit.Visit, tree *Node, types []string) (cut bool, err error) {
	on, cut, err := badges(v, types)
	tree.each(func(n *Node) { n.Policies = on[n.ID] })
	return cut, unlessDenied(err)
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
