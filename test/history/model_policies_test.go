package history_test

import (
	"maps"
	"slices"
)

// The model of service control policies.

// targets are what policies can be attached to.
func (m *model) targets(o *organization) []string {
	list := append([]string{o.root}, slices.Sorted(maps.Keys(o.units))...)
	for _, a := range m.members(o) {
		list = append(list, a.id)
	}
	return list
}

func (m *model) enableType(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.allFeatures:
		return "PolicyTypeNotAvailableForOrganizationException"
	case a.org.enabled:
		return "PolicyTypeAlreadyEnabledException"
	}
	a.org.enabled = true
	for _, t := range m.targets(a.org) {
		a.org.attached[t] = []string{fullAccess}
	}
	return ""
}

func (m *model) disableType(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.allFeatures:
		return "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"
	case !a.org.enabled:
		return "PolicyTypeNotEnabledException"
	}
	a.org.enabled = false
	clear(a.org.attached)
	return ""
}

func (m *model) createPolicy(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.allFeatures:
		return "PolicyTypeNotAvailableForOrganizationException"
	}
	return ""
}

func (m *model) deletePolicy(a *account, id string) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	if !o.policies[id] {
		return "PolicyNotFoundException"
	}
	for _, attached := range o.attached {
		if slices.Contains(attached, id) {
			return "PolicyInUseException"
		}
	}
	delete(o.policies, id)
	return ""
}

// attachable is the error that attaching and detaching have in common.
func (m *model) attachable(a *account, policy, target string) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	switch {
	case !o.allFeatures:
		return "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"
	case policy != fullAccess && !o.policies[policy]:
		return "PolicyNotFoundException"
	case !slices.Contains(m.targets(o), target):
		return "TargetNotFoundException"
	}
	return ""
}

func (m *model) attach(a *account, policy, target string) string {
	if e := m.attachable(a, policy, target); e != "" {
		return e
	}
	o := a.org
	switch {
	case !o.enabled:
		return "PolicyTypeNotEnabledException"
	case slices.Contains(o.attached[target], policy):
		return "DuplicatePolicyAttachmentException"
	case len(o.attached[target]) >= attachmentQuota:
		return "ConstraintViolationException MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
	}
	o.attached[target] = append(o.attached[target], policy)
	return ""
}

func (m *model) detach(a *account, policy, target string) string {
	if e := m.attachable(a, policy, target); e != "" {
		return e
	}
	attached := a.org.attached[target]
	switch {
	case !slices.Contains(attached, policy):
		return "PolicyNotAttachedException"
	case len(attached) == 1:
		return "ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
	}
	a.org.attached[target] = slices.DeleteFunc(slices.Clone(attached), func(p string) bool { return p == policy })
	return ""
}
