package quota

import "accord/internal/policy"

// policyQuotas makes the three quotas of every policy type from the table of
// policy types.
func policyQuotas() []Quota {
	var all []Quota
	for _, t := range policy.Types {
		names := makeNames(t.Type)
		all = append(all,
			policyQuota(names.policies, t.Quotas.Policies, "customer policies of the type in the organization",
				violation("POLICY_NUMBER_LIMIT_EXCEEDED")),
			policyQuota(names.size, t.Quotas.Size, "Unicode code points of Content as sent",
				violation("POLICY_CONTENT_LIMIT_EXCEEDED")),
			policyQuota(names.attachments, t.Quotas.Attachments, "policies of the type attached directly to one root, unit or account",
				violation("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")),
		)
	}
	return all
}

func policyQuota(name Name, row policy.Quota, counts string, exceeded Error) Quota {
	q := Quota{Name: name, Default: Number(row.Default), Counts: counts, Published: row.Published, Errors: []Error{exceeded}}
	if row.Older != 0 {
		q.Older = Number(row.Older)
	}
	if q.Published == "" {
		q.Published = "date not known"
	}
	return q
}
