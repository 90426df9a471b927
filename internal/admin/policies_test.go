package admin_test

import (
	"net/http"
	"strings"
	"testing"
)

// checking is the body of POST /policies/check.
func checking(account, kind, content string) string {
	return `{"account": "` + account + `", "type": "` + kind + `", "content": ` + quoted(content) + `}`
}

// quoted is a text as JSON.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

func TestAPolicyIsCheckedWithoutMakingIt(t *testing.T) {
	s := open(t, "admin-writes", "off", "quota", "policy-size-tag=300")
	const scp = "SERVICE_CONTROL_POLICY"
	valid := `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}`
	s.want(http.MethodPost, "/policies/check", checking("", scp, valid), http.StatusOK, `{"valid":true,"size":93,"limit":10240,"problems":[]}`)
	s.want(http.MethodPost, "/policies/check", checking("111111111111", scp, valid), http.StatusOK, `{"valid":true,"size":93,"limit":10240,"problems":[]}`)
	s.want(http.MethodPost, "/policies/check", checking("", scp, "{\"Version\": \"2012-10-17\",\n\"é😀\": 1, \"Statement\": []}"), http.StatusOK,
		`{"valid":false,"size":51,"limit":10240,"problems":[{"error":"MalformedPolicyDocumentException",`+
			`"message":"a service control policy has no member \"é😀\"; it can have Version, Id, Statement",`+
			`"path":"$[\"é😀\"]","line":2,"column":1,"endLine":2,"endColumn":5,"from":26,"to":31}]}`)
	s.want(http.MethodPost, "/policies/check", checking("", "TAG_POLICY", `{"tags": {}}`+strings.Repeat(" ", 300)), http.StatusOK,
		`{"valid":false,"size":312,"limit":300,"problems":[{"error":"ConstraintViolationException","reason":"POLICY_CONTENT_LIMIT_EXCEEDED",`+
			`"message":"You have exceeded the maximum policy size."}]}`)
	s.call("111111111111", "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)
	_, answer := s.send(http.MethodPost, "/policies/check", checking("111111111111", scp, valid))
	if !strings.Contains(answer, `"valid":false`) || !strings.Contains(answer, "PolicyTypeNotAvailableForOrganizationException") {
		t.Errorf("without all features: %s", answer)
	}
}

// TestACheckOfAPolicyKnowsTheQuotaOfTheOrganization: that of the account, also of a member.
func TestACheckOfAPolicyKnowsTheQuotaOfTheOrganization(t *testing.T) {
	s := open(t)
	id := s.organization("111111111111")
	s.want(http.MethodPut, "/organizations/"+id+"/quotas", `{"policy-size-tag": 10}`, http.StatusOK, `{"quotas":{"policy-size-tag":10}}`)
	for account, limit := range map[string]string{"111111111111": "10", "222222222222": "10000"} {
		_, answer := s.send(http.MethodPost, "/policies/check", checking(account, "TAG_POLICY", `{"tags": {}}`))
		if !strings.Contains(answer, `"limit":`+limit+",") || strings.Contains(answer, "POLICY_CONTENT_LIMIT_EXCEEDED") != (limit == "10") {
			t.Errorf("%s: %s", account, answer)
		}
	}
}

func TestBadChecksOfPoliciesAreRefused(t *testing.T) {
	s := open(t)
	for body, want := range map[string]string{
		`{}`:                                `malformed: \"\" is not a type of policies`,
		checking("", "SCP", "{}"):           `malformed: \"SCP\" is not a type of policies`,
		checking("1", "TAG_POLICY", "{}"):   "malformed: an account id has 12 digits",
		`{"type": "TAG_POLICY", "text": 1}`: "text",
		`[]`:                                "the body cannot be read",
		"{\"content\": \"\xff\"}":           "the body cannot be read",
	} {
		if status, answer := s.send(http.MethodPost, "/policies/check", body); status != http.StatusBadRequest || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if status, answer := s.send(http.MethodPost, "/policies/check", checking("", "TAG_POLICY", strings.Repeat("[", 10<<20))); status != http.StatusRequestEntityTooLarge {
		t.Errorf("10 MB: %d %s", status, answer)
	}
	if status, answer := s.send(http.MethodPost, "/policies/check", checking("", "TAG_POLICY", strings.Repeat("[", 1<<20-100))); status != http.StatusOK || !strings.Contains(answer, "more than 100 levels deep") {
		t.Errorf("1 MB of brackets: %d %.300s", status, answer)
	}
}
