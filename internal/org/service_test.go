package org_test

import (
	"testing"

	"accord/internal/org"
)

func TestServicesAreFoundByTheirPrincipal(t *testing.T) {
	for _, c := range []struct {
		principal org.ServicePrincipal
		any       bool
		found     bool
		delegable bool
		name      string
	}{
		{"guardduty.amazonaws.com", false, true, true, "GuardDuty"},
		{"guardduty.amazonaws.com", true, true, true, "GuardDuty"},
		// [seen: AWS managed policy NetworkSecurityDirectorServiceLinkedRolePolicy]
		{"network-security-director.amazonaws.com", false, true, true, "Network Security Director"},
		{"ram.amazonaws.com", false, true, false, "Resource Access Manager"},
		{"ram.amazonaws.com", true, true, false, "Resource Access Manager"},
		{"license-manager.member-account.amazonaws.com", false, true, true, "License Manager, member accounts"},
		{"unheard-of.amazonaws.com", false, false, false, ""},
		{"unheard-of.amazonaws.com", true, true, true, "unheard-of"},
		{"GuardDuty.amazonaws.com", false, false, false, ""},
		{"guardduty", true, false, false, ""},
		{"guardduty.amazonaws.com.cn", true, false, false, ""},
		{".amazonaws.com", true, false, false, ""},
		{"", true, false, false, ""},
	} {
		s, found := org.FindService(c.principal, c.any)
		if found != c.found {
			t.Errorf("%q (any: %v): found: %v", c.principal, c.any, found)
			continue
		}
		if found && (s.Principal != c.principal || s.Name != c.name || s.Delegable != c.delegable) {
			t.Errorf("%q (any: %v): %+v", c.principal, c.any, s)
		}
	}
}
