package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// The accounts of the scenario: the management accounts of four organizations, and members.
const (
	first, second, third, fourth = "100000000001", "100000000002", "100000000003", "100000000004"
	one, two, three, four, five  = "200000000001", "200000000002", "200000000003", "200000000004", "200000000005"
)

// step is a call as an account, or of the admin API as "POST". The text at path in the
// answer replaces $name in later inputs.
type step struct{ as, operation, input, name, path string }

func invite(account string) string { return `{"Target":{"Id":"` + account + `","Type":"ACCOUNT"}}` }

// transferBegins is 1 February 2027 in epoch seconds: the clock of the scenario begins in
// the month before.
const transferBegins = "1801440000"

// scenario leaves organizations, handshakes, creations, policies, transfers and jobs in as
// many states as there are. What it leaves open stays open in the fixture.
var scenario = []step{
	{"POST", "/clock", `{"set":"2027-01-02T08:00:00Z"}`, "", ""},
	{first, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`, "organization", "Organization.Id"},
	{first, "InviteAccountToOrganization", invite(one), "declined", "Handshake.Id"},
	{one, "DeclineHandshake", `{"HandshakeId":"$declined"}`, "", ""},
	{first, "InviteAccountToOrganization", invite(one), "canceled", "Handshake.Id"},
	{first, "CancelHandshake", `{"HandshakeId":"$canceled"}`, "", ""},
	{first, "InviteAccountToOrganization", invite(one), "accepted", "Handshake.Id"},
	{one, "AcceptHandshake", `{"HandshakeId":"$accepted"}`, "", ""},
	{first, "InviteAccountToOrganization", invite(two), "expired", "Handshake.Id"},
	{"POST", "/clock", `{"advance":"16d"}`, "", ""},
	{first, "EnableAllFeatures", `{}`, "features", "Handshake.Id"},
	{one, "ListHandshakesForAccount", `{}`, "approval", "Handshakes.0.Id"},
	{one, "AcceptHandshake", `{"HandshakeId":"$approval"}`, "", ""},
	{first, "AcceptHandshake", `{"HandshakeId":"$features"}`, "", ""},

	{first, "CreateAccount", `{"AccountName":"made","Email":"made@made.example","Tags":[{"Key":"a","Value":"b"}]}`, "", ""},
	{first, "CreateAccount", `{"AccountName":"closed","Email":"closed@made.example"}`, "", ""},
	{first, "CreateGovCloudAccount", `{"AccountName":"pair","Email":"pair@made.example"}`, "", ""},
	{"POST", "/clock", `{"advance":"2h"}`, "", ""},
	{first, "ListCreateAccountStatus", `{"States":["SUCCEEDED"]}`, "made", "CreateAccountStatuses.0.AccountId"},
	{first, "CreateAccount", `{"AccountName":"twice","Email":"made@made.example"}`, "", ""},
	{"POST", "/clock", `{"advance":"2h"}`, "", ""},
	{first, "CloseAccount", `{"AccountId":"$made"}`, "", ""},

	{first, "ListRoots", `{}`, "root", "Roots.0.Id"},
	{first, "CreateOrganizationalUnit", `{"ParentId":"$root","Name":"one","Tags":[{"Key":"a","Value":"ü"}]}`, "unit", "OrganizationalUnit.Id"},
	{first, "CreateOrganizationalUnit", `{"ParentId":"$unit","Name":"two"}`, "below", "OrganizationalUnit.Id"},
	{first, "MoveAccount", `{"AccountId":"` + one + `","SourceParentId":"$root","DestinationParentId":"$below"}`, "", ""},
	{first, "EnablePolicyType", `{"RootId":"$root","PolicyType":"TAG_POLICY"}`, "", ""},
	{first, "EnablePolicyType", `{"RootId":"$root","PolicyType":"SERVICE_CONTROL_POLICY"}`, "", ""},
	{first, "EnablePolicyType", `{"RootId":"$root","PolicyType":"BACKUP_POLICY"}`, "", ""},
	{first, "CreatePolicy", `{"Name":"tags","Description":"d","Type":"TAG_POLICY","Content":"{\"tags\":{\"a\":{\"tag_key\":{\"@@assign\":\"a\"}}}}"}`, "policy", "Policy.PolicySummary.Id"},
	{first, "AttachPolicy", `{"PolicyId":"$policy","TargetId":"$unit"}`, "", ""},
	{first, "AttachPolicy", `{"PolicyId":"$policy","TargetId":"` + one + `"}`, "", ""},
	{first, "CreatePolicy", `{"Name":"deny","Description":"","Type":"SERVICE_CONTROL_POLICY","Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}`, "deny", "Policy.PolicySummary.Id"},
	{first, "AttachPolicy", `{"PolicyId":"$deny","TargetId":"$below"}`, "", ""},
	{first, "DisablePolicyType", `{"RootId":"$root","PolicyType":"BACKUP_POLICY"}`, "", ""},
	{first, "EnableAWSServiceAccess", `{"ServicePrincipal":"guardduty.amazonaws.com"}`, "", ""},
	{first, "RegisterDelegatedAdministrator", `{"ServicePrincipal":"guardduty.amazonaws.com","AccountId":"` + one + `"}`, "", ""},
	{first, "PutResourcePolicy", `{"Content":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"` + one + `\"},\"Action\":\"organizations:ListAccounts\",\"Resource\":\"*\"}]}"}`, "", ""},
	{"PUT", "/organizations/$organization/quotas", `{"unit-depth":"4"}`, "", ""},

	{second, "CreateOrganization", `{}`, "", ""},
	{second, "InviteOrganizationToTransferResponsibility", `{"Type":"BILLING","Target":{"Id":"` + first + `","Type":"ACCOUNT"},"StartTimestamp":` + transferBegins + `,"SourceName":"bill"}`, "transfer", "Handshake.Id"},
	{first, "AcceptHandshake", `{"HandshakeId":"$transfer"}`, "", ""},
	{third, "CreateOrganization", `{"FeatureSet":"CONSOLIDATED_BILLING"}`, "", ""},
	{third, "InviteAccountToOrganization", invite(three), "joined", "Handshake.Id"},
	{three, "AcceptHandshake", `{"HandshakeId":"$joined"}`, "", ""},
	{third, "EnableAllFeatures", `{}`, "", ""},
	{fourth, "CreateOrganization", `{}`, "", ""},
	{fourth, "DeleteOrganization", `{}`, "", ""},
	{fourth, "CreateOrganization", `{}`, "", ""},
	{second, "InviteOrganizationToTransferResponsibility", `{"Type":"BILLING","Target":{"Id":"` + fourth + `","Type":"ACCOUNT"},"StartTimestamp":` + transferBegins + `,"SourceName":"open"}`, "", ""},

	{"PATCH", "/accounts/" + five, `{"state":"SUSPENDED"}`, "", ""},
	{first, "InviteAccountToOrganization", invite(four), "", ""},
	{first, "CreateAccount", `{"AccountName":"late","Email":"late@made.example"}`, "", ""},
}

// leave has a program serve the calls on a new store, and stops it.
func leave(program, store string) (err error) {
	c := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store", store,
		"--clock", "virtual", "--behavior", "account-creation-delay=1h", "--log-level", "error")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Process.Signal(syscall.SIGTERM), c.Wait()) }()
	addresses := map[string]string{}
	for lines := bufio.NewScanner(out); addresses["ACCORD_ADMIN"] == "" && lines.Scan(); {
		if export, is := strings.CutPrefix(lines.Text(), "export "); is {
			name, value, _ := strings.Cut(export, "=")
			addresses[name] = value
		}
	}
	api, admin := addresses["AWS_ENDPOINT_URL_ORGANIZATIONS"], addresses["ACCORD_ADMIN"]
	for _, account := range []string{one, two, three, four, five} {
		if _, err := call(http.MethodPost, admin+"/accounts", nil, `{"id":"`+account+`"}`); err != nil {
			return err
		}
	}
	known := map[string]string{}
	for _, s := range scenario {
		input, operation := s.input, s.operation
		for name, value := range known {
			input, operation = strings.ReplaceAll(input, "$"+name, value), strings.ReplaceAll(operation, "$"+name, value)
		}
		method, url, header := s.as, admin+operation, http.Header(nil)
		if strings.HasPrefix(s.as, "1") || strings.HasPrefix(s.as, "2") {
			method, url, header = http.MethodPost, api, signed(s.as, operation)
		}
		answer, err := call(method, url, header, input)
		if err != nil {
			return fmt.Errorf("%s: %w", operation, err)
		}
		if s.name != "" {
			known[s.name] = at(answer, s.path)
		}
	}
	return nil
}

// signed are the headers of a call by an account; the server believes every signature.
func signed(account, operation string) http.Header {
	return http.Header{
		"Content-Type": {"application/x-amz-json-1.1"},
		"X-Amz-Target": {"AWSOrganizationsV20161128." + operation},
		"X-Amz-Date":   {"20270101T000000Z"},
		"Authorization": {"AWS4-HMAC-SHA256 Credential=" + account + "/20270101/us-east-1/organizations/aws4_request, " +
			"SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + strings.Repeat("0", 64)},
	}
}

func call(method, url string, header http.Header, input string) (answer map[string]any, err error) {
	r, err := http.NewRequest(method, url, strings.NewReader(input))
	if err != nil {
		return nil, err
	}
	r.Header = header
	if header == nil {
		r.Header = http.Header{"Content-Type": {"application/json"}}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	if err == nil && len(bytes.TrimSpace(text)) > 0 {
		err = json.Unmarshal(text, &answer)
	}
	return answer, err
}

// at finds a text in an answer, by the names of the members on the way; of a list it takes
// the first element.
func at(answer map[string]any, path string) string {
	var v any = answer
	for name := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[name]
		case []any:
			v = inner[0]
		}
	}
	text, _ := v.(string)
	return text
}
