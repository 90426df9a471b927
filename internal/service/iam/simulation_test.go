package iam_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// form writes parameters of a form: pairs of names and values.
func form(pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, pairs[i]+"="+url.PathEscape(pairs[i+1]))
	}
	return strings.Join(all, " ")
}

// policyWith is a policy with these statements, in one line.
func policyWith(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`
}

const (
	allowsS3  = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	deniesPut = `{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}`
	inRegion  = `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}/*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`
	ownBucket = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/Ann"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`
)

// statement is a statement in a result.
func statement(policy, kind string, from, to int) string {
	return fmt.Sprintf("<member><SourcePolicyId>%s</SourcePolicyId><SourcePolicyType>%s</SourcePolicyType><StartPosition><Line>1</Line><Column>%d</Column></StartPosition><EndPosition><Line>1</Line><Column>%d</Column></EndPosition></member>", policy, kind, from, to)
}

// TestSimulationsOfPoliciesThatAreGiven holds the form of results. [recorded, unless it says
// otherwise]
func TestSimulationsOfPoliciesThatAreGiven(t *testing.T) {
	f := open(t)
	both := policyWith(allowsS3, deniesPut)
	const none = "<MatchedStatements></MatchedStatements><MissingContextValues></MissingContextValues>"
	first := statement("PolicyInputList.1", "IAM Policy", 41, 41+len(allowsS3))
	simulate := func(want string, pairs ...string) step { return do("SimulateCustomPolicy", form(pairs...), want) }
	f.run(
		simulate("<EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision>"+
			"<MatchedStatements>"+first+"</MatchedStatements><MissingContextValues></MissingContextValues></member></EvaluationResults><IsTruncated>false</IsTruncated>",
			"PolicyInputList.member.1", both, "ActionNames.member.1", "s3:GetObject"),
		// Of an explicit deny, the Deny alone.
		simulate("<EvalDecision>explicitDeny</EvalDecision><MatchedStatements>"+statement("PolicyInputList.1", "IAM Policy", 41+len(allowsS3), 43+len(allowsS3)+len(deniesPut))+"</MatchedStatements>",
			"PolicyInputList.member.1", both, "ActionNames.member.1", "S3:putObject"),
		// One statement without a list.
		simulate(statement("PolicyInputList.2", "IAM Policy", 15, 14+len(allowsS3)), "PolicyInputList.member.1", policyWith(deniesPut), "PolicyInputList.member.2", `{"Statement":`+allowsS3+"}", "ActionNames.member.1", "s3:GetObject"),
		simulate("<EvalDecision>implicitDeny</EvalDecision>"+none, "PolicyInputList", "", "ActionNames.member.1", "s3:GetObject"),
		simulate("<EvalActionName>s3:*</EvalActionName>", "PolicyInputList.member.1", both, "ActionNames.member.1", "s3:*"),
		// All keys of all policies are missing, of other actions and variables too, where
		// nothing allows.
		simulate("<EvalDecision>implicitDeny</EvalDecision><MatchedStatements></MatchedStatements><MissingContextValues><member>aws:username</member></MissingContextValues>",
			"PolicyInputList.member.1", policyWith(inRegion), "ActionNames.member.1", "ec2:Run",
			"ContextEntries.member.1.ContextKeyName", "AWS:requestedregion", "ContextEntries.member.1.ContextKeyType", "string", "ContextEntries.member.1.ContextKeyValues.member.1", "eu-west-1"),
		// One resource: its name, and details that are empty.
		simulate("<EvalResourceName>arn:aws:s3:::b/k</EvalResourceName><EvalDecision>allowed</EvalDecision><MatchedStatements>"+first+"</MatchedStatements><MissingContextValues></MissingContextValues><EvalDecisionDetails></EvalDecisionDetails>"+
			"<ResourceSpecificResults><member><EvalResourceName>arn:aws:s3:::b/k</EvalResourceName><EvalResourceDecision>allowed</EvalResourceDecision><MatchedStatements>"+first+"</MatchedStatements><MissingContextValues></MissingContextValues><EvalDecisionDetails></EvalDecisionDetails></member></ResourceSpecificResults>",
			"PolicyInputList.member.1", both, "ActionNames.member.1", "s3:GetObject", "ResourceArns.member.1", "arn:aws:s3:::b/k"),
		// Several: the form of ARNs, and the worst decision.
		simulate("<EvalResourceName>arn:aws:s3:::${BucketName}/${KeyName}</EvalResourceName><EvalDecision>implicitDeny</EvalDecision><MatchedStatements></MatchedStatements><MissingContextValues></MissingContextValues>",
			"PolicyInputList.member.1", policyWith(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}`), "ActionNames.member.1", "s3:GetObject", "ResourceArns.member.1", "arn:aws:s3:::a/k", "ResourceArns.member.2", "arn:aws:s3:::b/k"),
		// A resource that the action cannot have.
		simulate("<EvalDecision>implicitDeny</EvalDecision>", "PolicyInputList.member.1", policyWith(`{"Effect":"Allow","Action":"*","Resource":"*"}`), "ActionNames.member.1", "iam:GetUser", "ResourceArns.member.1", "arn:aws:iam::111111111111:role/x"),
		// A boundary limits, and its Deny is the first statement.
		simulate("<EvalDecision>implicitDeny</EvalDecision>"+none+"<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail></member>",
			"PolicyInputList.member.1", both, "ActionNames.member.1", "s3:GetObject", "PermissionsBoundaryPolicyInputList.member.1", policyWith(deniesPut)),
		simulate("<MatchedStatements>"+statement("PermissionsBoundaryPolicyInputList.1", "Permissions Boundary Policy", 41, 41+len(deniesPut))+"<member><SourcePolicyId>PolicyInputList.1<",
			"PolicyInputList.member.1", both, "ActionNames.member.1", "s3:PutObject", "PermissionsBoundaryPolicyInputList.member.1", policyWith(deniesPut)),
		// SCPs: a level without an Allow, and a Deny on one.
		simulate("<EvalDecision>implicitDeny</EvalDecision>"+none+"<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail></member>",
			"PolicyInputList.member.1", both, "ActionNames.member.1", "s3:GetObject", "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1", policyWith(allowsS3),
			"OrderedOrganizationPolicyInputList.member.2.ServiceControlPolicyInputList.member.1", policyWith(deniesPut)),
		simulate("<EvalDecision>explicitDeny</EvalDecision>"+none, "PolicyInputList.member.1", both, "ActionNames.member.1", "s3:PutObject", "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1", policyWith(allowsS3, deniesPut)),
		simulate("<AllowedByOrganizations>true</AllowedByOrganizations>", "PolicyInputList.member.1", both, "ActionNames.member.1", "s3:GetObject", "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1", policyWith(allowsS3)),
		// A policy of the resource allows without the caller's, and beyond its boundary.
		simulate("<EvalDecision>allowed</EvalDecision><MatchedStatements>"+statement("ResourcePolicy", "Resource Policy", 41, 41+len(ownBucket))+"</MatchedStatements><MissingContextValues></MissingContextValues><PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false<",
			"PolicyInputList", "", "ActionNames.member.1", "s3:GetObject", "ResourceArns.member.1", "arn:aws:s3:::b/k", "CallerArn", "arn:aws:iam::111111111111:user/Ann", "ResourcePolicy", policyWith(ownBucket),
			"PermissionsBoundaryPolicyInputList.member.1", policyWith(deniesPut)),
		// Of another account, both have to allow.
		simulate("<EvalDecision>implicitDeny</EvalDecision>"+none+"<EvalDecisionDetails><entry><key>Resource Policy</key><value>allowed</value></entry><entry><key>IAM Policy</key><value>implicitDeny</value></entry></EvalDecisionDetails>",
			"PolicyInputList", "", "ActionNames.member.1", "s3:GetObject", "ResourceArns.member.1", "arn:aws:s3:::b/k", "CallerArn", "arn:aws:iam::111111111111:user/Ann", "ResourcePolicy", policyWith(ownBucket), "ResourceOwner", "arn:aws:iam::222222222222:root"),
		// The key that each simulation has.
		simulate("<EvalDecision>allowed<", "PolicyInputList.member.1", policyWith(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:userid":"STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"}}}`), "ActionNames.member.1", "s3:GetObject"),
		// NumericNotEquals does not compare text.
		simulate("<EvalDecision>implicitDeny<", "PolicyInputList.member.1", policyWith(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericNotEquals":{"s3:max-keys":"1"}}}`), "ActionNames.member.1", "s3:GetObject",
			"ContextEntries.member.1.ContextKeyName", "s3:max-keys", "ContextEntries.member.1.ContextKeyType", "string", "ContextEntries.member.1.ContextKeyValues.member.1", "no-number"),
	)
}

// TestSimulationsHavePages: pages count actions, and a marker is good for any request. [recorded]
func TestSimulationsHavePages(t *testing.T) {
	f := open(t)
	simulate := func(pairs ...string) string {
		return f.call("SimulateCustomPolicy", form(append([]string{"PolicyInputList.member.1", policyWith(allowsS3), "ResourceArns.member.1", "arn:aws:s3:::a", "ResourceArns.member.2", "arn:aws:s3:::b"}, pairs...)...))
	}
	out := simulate("ActionNames.member.1", "s3:A", "ActionNames.member.2", "s3:B", "ActionNames.member.3", "s3:A", "MaxItems", "2")
	if got := names(out, "EvalActionName"); got != "[s3:A s3:B]" || !strings.Contains(out, "<IsTruncated>true<") || strings.Count(out, "<EvalResourceDecision>") != 4 {
		t.Errorf("the first page is %s", out)
	}
	out = simulate("ActionNames.member.1", "s3:X", "ActionNames.member.2", "s3:Y", "ActionNames.member.3", "s3:Z", "Marker", value(t, out, "Marker"))
	if got := names(out, "EvalActionName"); got != "[s3:Z]" || strings.Contains(out, "<Marker>") {
		t.Errorf("the last page is %s", out)
	}
}

// entry are the parameters of a context entry.
func entry(number int, key, kind string, values ...string) []string {
	prefix := fmt.Sprintf("ContextEntries.member.%d.", number)
	var pairs []string
	for name, value := range map[string]string{"ContextKeyName": key, "ContextKeyType": kind} {
		if value != "" {
			pairs = append(pairs, prefix+name, value)
		}
	}
	for i, v := range values {
		pairs = append(pairs, fmt.Sprintf("%sContextKeyValues.member.%d", prefix, i+1), v)
	}
	return pairs
}

// Texts are recorded where the model says so.
func TestInvalidSimulationsAreRejected(t *testing.T) {
	f := open(t)
	valid := []string{"PolicyInputList.member.1", policyWith(allowsS3), "ActionNames.member.1", "s3:GetObject"}
	for _, c := range []struct {
		want  string
		pairs []string
	}{
		{"InvalidInput: The action is invalid since it is missing names", []string{"ActionNames.member.2", "GetObject"}},
		{"InvalidInput: ResourceNames are not in a valid ARN format: b.", []string{"ResourceArns.member.1", "b"}},
		{"InvalidInput: Policy input list item 2 has invalid content", []string{"PolicyInputList.member.2", "{"}},
		{"InvalidInput: Policy input list item 2 has invalid content", []string{"PolicyInputList.member.2", `{"Version":"2099-01-01","Statement":[]}`}},
		{"InvalidInput: The list of Permissions Boundary policies cannot exceed 1 items.", []string{"PermissionsBoundaryPolicyInputList.member.1", policyWith(allowsS3), "PermissionsBoundaryPolicyInputList.member.2", policyWith(allowsS3)}},
		{"InvalidInput: Permissions boundary policy input list item 1 has invalid content", []string{"PermissionsBoundaryPolicyInputList.member.1", "x"}},
		{"InvalidInput: Organization policy at index 1 must contain at least one service control policy", []string{"OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList", ""}},
		{"InvalidInput: Service control policy 1 of the organization policy at index 1 has invalid content", []string{"OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1", "x"}},
		{"InvalidInput: Context key k:key has invalid type null.", entry(1, "k:key", "", "v")},
		{"InvalidInput: Context values for context key k:key cannot be null or empty.", entry(1, "k:key", "string")},
		{"InvalidInput: ContextKeyName cannot be null or empty.", entry(1, "", "string", "v")},
		{"InvalidInput: Context key string expected a single value, but received 2.", entry(1, "k:key", "string", "v", "w")},
		{"InvalidInput: Invalid context value for key k:key: expected numeric format.", entry(1, "k:key", "numericList", "1", "0x10")},
		{"InvalidInput: Invalid context value for key k:key: expected DateTime format.", entry(1, "k:key", "date", "soon")},
		{"InvalidInput: Invalid context value for key k:key: expected IP address.", entry(1, "k:key", "ip", "1.2.3")},
		{"InvalidInput: Invalid context value for key k:key: expected base-64 encoded binary format.", entry(1, "k:key", "binary", "%")},
		{"InvalidInput: Duplicate context key: K:Key.", append(entry(1, "k:key", "string", "v"), entry(2, "K:Key", "string", "v")...)},
		{"ValidationError: 1 validation error detected: Value 'text' at 'contextEntries.1.member.contextKeyType' failed to satisfy constraint: Member must satisfy enum value set: [binary, ipList, booleanList, ip, boolean, numericList, dateList, numeric, date, stringList, string, binaryList]", entry(1, "k:key", "text", "v")},
		{"ValidationError: 1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000", []string{"MaxItems", "1001"}},
		{"InvalidInput: Invalid marker for pagination.", []string{"Marker", "x"}},
		{"InvalidInput: Invalid Content Supplied: ResourceOwner ", []string{"ResourceOwner", "222222222222"}},
		{"InvalidInput: Invalid Content Supplied: CallerArn ", []string{"CallerArn", "arn:aws:sts::111111111111:assumed-role/r/s"}},
		{"InvalidInput: Invalid Content Supplied: a ResourcePolicy needs a CallerArn", []string{"ResourcePolicy", policyWith(ownBucket)}},
		{"InvalidInput: Invalid Content Supplied: ResourcePolicy: ", []string{"CallerArn", "arn:aws:iam::111111111111:user/a", "ResourcePolicy", policyWith(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)}},
	} {
		f.run(do("SimulateCustomPolicy", form(append(c.pairs, valid...)...), c.want))
	}
	for _, valid := range [][]string{entry(1, "", ""), entry(1, "k:key", "numeric", "1e9999"), entry(1, "k:key", "boolean", "x"), entry(1, "k:key", "date", "2035"), {"ResourceHandlingOption", "EC2-VPC-EBS"}} {
		f.run(do("SimulateCustomPolicy", form(append(valid, "PolicyInputList.member.1", policyWith(allowsS3), "ActionNames.member.1", "s3:GetObject")...), "<EvalDecision>allowed<"))
	}
	f.run(
		do("SimulatePrincipalPolicy", form("PolicySourceArn", "arn:aws:iam::111111111111:user/Nobody", "ActionNames.member.1", "s3:X"), "NoSuchEntity: Unable to retrieve specified IAM entity."),
		do("SimulatePrincipalPolicy", form("PolicySourceArn", "arn:aws:iam::222222222222:user/Bob", "ActionNames.member.1", "s3:X"), "NoSuchEntity: Unable to retrieve specified IAM entity."),
		do("GetContextKeysForPrincipalPolicy", form("PolicySourceArn", "arn:aws:iam::111111111111:root", "x", ""), "NoSuchEntity: Unable to retrieve specified IAM entity."),
		do("GetContextKeysForCustomPolicy", form("PolicyInputList.member.1", "x"), "InvalidInput: Policy input list item 1 has invalid content"),
	)
}

// TestASimulationIsBounded: what would take too long, or answer too much, is rejected. [assumed]
func TestASimulationIsBounded(t *testing.T) {
	f := open(t)
	pairs := []string{"PolicyInputList.member.1", policyWith(allowsS3 + strings.Repeat(","+allowsS3, 2000))}
	for i := range 101 {
		pairs = append(pairs, fmt.Sprintf("ActionNames.member.%d", i+1), "s3:GetObject")
	}
	f.run(do("SimulateCustomPolicy", form(append(pairs, "MaxItems", "101")...), "InvalidInput: Invalid Content Supplied: the result would name too many"))
	for i := range 40 {
		pairs = append(pairs, fmt.Sprintf("ResourceArns.member.%d", i+1), "arn:aws:s3:::b")
	}
	f.run(do("SimulateCustomPolicy", form(pairs...), "InvalidInput: Invalid Content Supplied: the policies are too large"))
	// So does a long value of a context key.
	long := append(entry(1, "k:key", "string", strings.Repeat("a", 300_000)), "PolicyInputList.member.1", policyWith(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"k:key":"*`+strings.Repeat("a?", 40_000)+`b"}}}`))
	f.run(do("SimulateCustomPolicy", form(append(long, "ActionNames.member.1", "s3:GetObject")...), "InvalidInput: Invalid Content Supplied: the policies are too large"))
}

// TestTheOrderOfSimulatedPoliciesDoesNotMatter: neither that of policies, levels and entries
// nor that of actions changes a decision.
func TestTheOrderOfSimulatedPoliciesDoesNotMatter(t *testing.T) {
	f := open(t)
	statements := rapid.SampledFrom([]string{
		allowsS3, deniesPut, inRegion, `{"Effect":"Allow","NotAction":"s3:Get*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:Get*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
		`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:a*"}`,
	})
	documents := func(rt *rapid.T, most int) (list []string) {
		for range rapid.IntRange(1, most).Draw(rt, "documents") {
			list = append(list, policyWith(rapid.SliceOfN(statements, 1, 3).Draw(rt, "statements")...))
		}
		return list
	}
	rapid.Check(t, func(rt *rapid.T) {
		identity, levels := documents(rt, 3), [][]string{documents(rt, 2), documents(rt, 2)}
		entries := [][2]string{{"aws:SecureTransport", "false"}, {"aws:RequestedRegion", "eu-west-1"}, {"aws:username", "b"}}
		decisions := func(order func(n int) []int) string {
			pairs := []string{"ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:PutObject", "ActionNames.member.3", "sqs:SendMessage"}
			for i, n := range order(len(identity)) {
				pairs = append(pairs, fmt.Sprintf("PolicyInputList.member.%d", i+1), identity[n])
			}
			for i, n := range order(len(levels)) {
				for j, content := range levels[n] {
					pairs = append(pairs, fmt.Sprintf("OrderedOrganizationPolicyInputList.member.%d.ServiceControlPolicyInputList.member.%d", i+1, j+1), content)
				}
			}
			for i, n := range order(len(entries)) {
				pairs = append(pairs, entry(i+1, entries[n][0], "string", entries[n][1])...)
			}
			return names(f.call("SimulateCustomPolicy", form(pairs...)), "EvalDecision")
		}
		inOrder := func(n int) (order []int) {
			for i := range n {
				order = append(order, i)
			}
			return order
		}
		want := decisions(inOrder)
		if got := decisions(func(n int) []int { return rapid.Permutation(inOrder(n)).Draw(rt, "order") }); got != want || strings.Count(want, " ") != 2 {
			rt.Fatalf("%s, in another order %s", want, got)
		}
	})
}

// TestSimulationsOfPrincipals: with the policies of a user and of its groups, in the names
// that results give them. [recorded; AWS: SimulatePrincipalPolicy]
func TestSimulationsOfPrincipals(t *testing.T) {
	f := open(t)
	f.run(
		do("CreateUser", "UserName=Ann Path=/team/"), do("CreateGroup", "GroupName=Dev"), do("AddUserToGroup", "UserName=Ann GroupName=Dev"),
		do("PutUserPolicy", form("UserName", "Ann", "PolicyName", "Own", "PolicyDocument", policyWith(allowsS3))),
		do("PutGroupPolicy", form("GroupName", "Dev", "PolicyName", "Shared", "PolicyDocument", policyWith(deniesPut))),
		do("CreatePolicy", form("PolicyName", "Queues", "PolicyDocument", policyWith(`{"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`))),
		do("AttachUserPolicy", form("UserName", "Ann", "PolicyArn", "arn:aws:iam::111111111111:policy/Queues")),
		do("AttachUserPolicy", form("UserName", "Ann", "PolicyArn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")),
	)
	simulate := func(want string, pairs ...string) step {
		return do("SimulatePrincipalPolicy", form(append([]string{"PolicySourceArn", "arn:aws:iam::111111111111:user/other/ann"}, pairs...)...), want)
	}
	region := entry(1, "aws:RequestedRegion", "string", "eu-west-1")
	f.run(
		simulate(statement("user_Ann_Own", "IAM Policy", 41, 41+len(allowsS3)), "ActionNames.member.1", "s3:GetObject"),
		simulate(statement("group_Dev_Shared", "IAM Policy", 41, 41+len(deniesPut)), "ActionNames.member.1", "s3:PutObject"),
		simulate("<SourcePolicyId>Queues</SourcePolicyId>", append(region, "ActionNames.member.1", "sqs:SendMessage")...),
		simulate("<SourcePolicyId>IAMReadOnlyAccess</SourcePolicyId>", "ActionNames.member.1", "iam:GetUser"),
		simulate("<MissingContextValues><member>aws:RequestedRegion</member></MissingContextValues>", "ActionNames.member.1", "sqs:SendMessage"),
		simulate("<EvalDecision>allowed<", "ActionNames.member.1", "ec2:X", "PolicyInputList.member.1", policyWith(`{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`)),
		// Exclusions by type, ARN and name. [recorded: user-managed; AWS: PolicyIdentifier]
		simulate("<EvalDecision>implicitDeny<", append(region, "ActionNames.member.1", "sqs:SendMessage", "PolicyExclusionList.member.1.PolicyType", "user-managed")...),
		simulate("<EvalDecision>implicitDeny<", append(region, "ActionNames.member.1", "sqs:SendMessage", "PolicyExclusionList.member.1.PolicyArn", "arn:aws:iam::111111111111:policy/Que*")...),
		simulate("<EvalDecision>implicitDeny<", "ActionNames.member.1", "iam:GetUser", "PolicyExclusionList.member.1.PolicyType", "aws-managed"),
		simulate("<EvalDecision>allowed<", "ActionNames.member.1", "s3:PutObject", "PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName", "Shared",
			"PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentType", "group", "PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentName", "D*"),
		simulate("InvalidInput: Invalid Content Supplied: each member of PolicyExclusionList", "ActionNames.member.1", "s3:X", "PolicyExclusionList.member.1.PolicyType", "scp", "PolicyExclusionList.member.1.PolicyArn", "arn:aws:iam::111111111111:policy/x"),
		simulate("InvalidInput: ARN arn:aws:iam::1111111111*:policy/x is not valid.", "ActionNames.member.1", "s3:X", "PolicyExclusionList.member.1.PolicyArn", "arn:aws:iam::1111111111*:policy/x"),
		do("GetContextKeysForPrincipalPolicy", form("PolicySourceArn", "arn:aws:iam::111111111111:user/Ann", "PolicyInputList.member.1", policyWith(inRegion)),
			"<ContextKeyNames><member>aws:RequestedRegion</member><member>aws:username</member></ContextKeyNames>"),
		do("SimulatePrincipalPolicy", form("PolicySourceArn", "arn:aws:iam::111111111111:group/Dev", "ActionNames.member.1", "s3:GetObject"), "<EvalDecision>implicitDeny<"),
	)
	// A policy that is attached and bounds too is named once, as attached.
	f.run(
		do("CreatePolicy", form("PolicyName", "Limit", "PolicyDocument", policyWith(allowsS3, deniesPut))),
		do("PutUserPermissionsBoundary", form("UserName", "Ann", "PermissionsBoundary", "arn:aws:iam::111111111111:policy/Limit")),
		simulate(`<MatchedStatements><member><SourcePolicyId>Limit</SourcePolicyId><SourcePolicyType>Permissions Boundary Policy<`, "ActionNames.member.1", "s3:PutObject"),
		do("AttachUserPolicy", form("UserName", "Ann", "PolicyArn", "arn:aws:iam::111111111111:policy/Limit")),
		simulate("<MatchedStatements>"+statement("group_Dev_Shared", "IAM Policy", 41, 41+len(deniesPut)), "ActionNames.member.1", "s3:PutObject", "PolicyExclusionList.member.1.PolicyArn", "arn:aws:iam::111111111111:policy/Limit", "PermissionsBoundaryPolicyInputList.member.1", policyWith(allowsS3)),
		simulate("<AllowedByPermissionsBoundary>false<", "ActionNames.member.1", "iam:GetUser"),
		simulate("<EvalDecision>allowed<", "ActionNames.member.1", "iam:GetUser", "PolicyExclusionList.member.1.PolicyType", "permission-boundary"),
	)
	out := f.call("SimulatePrincipalPolicy", form("PolicySourceArn", "arn:aws:iam::111111111111:user/Ann", "ActionNames.member.1", "s3:PutObject"))
	if got := names(out, "SourcePolicyType"); got != "[IAM Policy IAM Policy]" {
		t.Errorf("the policies are %s in %s", got, out)
	}
}
