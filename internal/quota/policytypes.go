package quota

// policyType holds the three figures of one policy type.
type policyType struct {
	// name is the PolicyType of the wire.
	name                   string
	stored, size, attached figure
}

// figure is one number of a policy type.
type figure struct {
	number int64
	// older is the number that the profile 2024 sets; 0 when it was the same.
	older int64
	// published says when AWS published the number; empty when that is not known.
	published string
}

const may2026 = "15 May 2026"

// n is a figure that was always the same, as far as is known.
func n(number int64) figure { return figure{number: number} }

// policyTypes is THE table of the figures of policy types. [AWS: quotas of
// policy types; 10 attached tag policies as recorded. All figures are assumed
// to be like those of backup policies for the types whose numbers AWS does not
// publish: Inspector, upgrade rollout, Bedrock, S3, network security director
// and GuardDuty policies.]
var policyTypes = []policyType{
	{
		name:     "SERVICE_CONTROL_POLICY",
		stored:   figure{number: 10_000, older: 1000, published: edition2026},
		size:     figure{number: 10_240, older: 5120, published: may2026},
		attached: figure{number: 10, older: 5, published: may2026},
	},
	{
		name:     "RESOURCE_CONTROL_POLICY",
		stored:   figure{number: 2000, older: 1000, published: edition2026},
		size:     n(5120),
		attached: n(5),
	},
	{name: "TAG_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "BACKUP_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "AISERVICES_OPT_OUT_POLICY", stored: n(1000), size: n(2500), attached: n(5)},
	{name: "CHATBOT_POLICY", stored: n(1000), size: n(10_000), attached: n(5)},
	{name: "DECLARATIVE_POLICY_EC2", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "SECURITYHUB_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "INSPECTOR_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "UPGRADE_ROLLOUT_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "BEDROCK_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "S3_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "NETWORK_SECURITY_DIRECTOR_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
	{name: "GUARDDUTY_POLICY", stored: n(1000), size: n(10_000), attached: n(10)},
}

// policyQuotas makes the three quotas of every policy type.
func policyQuotas() []Quota {
	var all []Quota
	for _, t := range policyTypes {
		names := makeNames(t.name)
		all = append(all,
			t.stored.quota(names.stored, "customer policies of the type in the organization",
				violation("POLICY_NUMBER_LIMIT_EXCEEDED",
					"You have exceeded the number of policies that you can have in an organization.")),
			t.size.quota(names.size, "Unicode code points of Content as sent",
				violation("POLICY_CONTENT_LIMIT_EXCEEDED",
					"You have exceeded the maximum policy size.")),
			t.attached.quota(names.attached, "policies of the type attached directly to one root, unit or account",
				violation("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
					"You have attached the maximum number of policies to the specified target.")),
		)
	}
	return all
}

func (f figure) quota(name Name, counts string, refusal Error) Quota {
	q := Quota{Name: name, Default: fixed(f.number), Counts: counts, Published: f.published, Errors: []Error{refusal}}
	if f.older != 0 {
		q.Older = fixed(f.older)
	}
	if q.Published == "" {
		q.Published = "date not known"
	}
	return q
}
