package effective

// The kinds of jobs that compute, whose handlers are in Jobs. They belong to the
// server, not to an organization: no call waits for them. Their subjects name an
// enablement of a policy type, what is to be computed, and after what.
const (
	effectivePoliciesBelow = "effective policies below"
	effectivePoliciesOf    = "effective policies of a policy"
	accountsJudged         = "accounts with effective policies judged"
)
