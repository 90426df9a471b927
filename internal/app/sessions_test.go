package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"accord/internal/app/apptest"
	"accord/test/postgres"
)

// credentials are those that AssumeRole answers.
type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken string }

func (c credentials) aws() aws.Credentials {
	return aws.Credentials{AccessKeyID: c.AccessKeyId, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

// sts calls an operation of STS, and returns the HTTP status and the code of the error.
func (f fixture) sts(signer credentials, operation string, parameters url.Values, into any) (int, string) {
	f.t.Helper()
	return f.answerTo(signer, "sts", operation, parameters, into)
}

// assume assumes a role.
func (f fixture) assume(signer credentials, role string) credentials {
	f.t.Helper()
	var answer struct {
		Credentials credentials `xml:"AssumeRoleResult>Credentials"`
	}
	status, code := f.sts(signer, "AssumeRole", url.Values{"RoleArn": {role}, "RoleSessionName": {"vending"}}, &answer)
	if status != http.StatusOK {
		f.t.Fatalf("%s: %d %s", role, status, code)
	}
	return answer.Credentials
}

// identity is who the credentials act as, or the error.
func (f fixture) identity(c credentials) string {
	f.t.Helper()
	var answer struct {
		Arn string `xml:"GetCallerIdentityResult>Arn"`
	}
	if status, code := f.sts(c, "GetCallerIdentity", nil, &answer); status != http.StatusOK {
		return http.StatusText(status) + " " + code
	}
	return answer.Arn
}

// describe calls Organizations with credentials and returns its answer, or the error.
func (f fixture) describe(c credentials) string {
	f.t.Helper()
	r := request(c.AccessKeyId, "DescribeOrganization", `{}`)
	apptest.SignWith(f.t, r, `{}`, "us-east-1", "organizations", c.aws())
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, r)
	var answer struct {
		Type         string `json:"__type"`
		Organization struct{ MasterAccountId string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		f.t.Fatalf("%v: %s", err, w.Body)
	}
	return answer.Type + answer.Organization.MasterAccountId
}

// vend creates an account and returns it with its role.
func (f fixture) vend() (account, role string) {
	f.t.Helper()
	f.must(alice, "CreateOrganization", `{}`)
	status := f.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)["CreateAccountStatus"].(map[string]any)
	account = status["AccountId"].(string)
	return account, "arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole"
}

func TestASessionActsAsItsAccountOnEveryServer(t *testing.T) {
	for name, test := range map[string]struct {
		url      func(t *testing.T) string
		together bool
	}{
		"after a restart":    {func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") }, false},
		"on a second server": {func(t *testing.T) string { return postgres.URL(t) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := apptest.Config(t, "store", test.url(t), "behavior", "create-account=synchronous")
			first := open(t, c)
			account, role := first.vend()
			session := first.assume(credentials{AccessKeyId: alice}, role)
			want := "arn:aws:sts::" + account + ":assumed-role/OrganizationAccountAccessRole/vending"
			check := func(f fixture) {
				t.Helper()
				if got := f.identity(session); got != want {
					t.Errorf("the caller is %s, want %s", got, want)
				}
				if got := f.describe(session); got != alice {
					t.Errorf("the management account is %s", got)
				}
			}
			check(first)
			if test.together {
				defer first.close()
			} else {
				first.close()
			}
			second := open(t, c)
			defer second.close()
			check(second)
			// One role is assumed through another.
			chained := second.assume(session, "arn:aws:iam::"+alice+":role/path/Deploy")
			if got, want := second.identity(chained), "arn:aws:sts::"+alice+":assumed-role/Deploy/vending"; got != want {
				t.Errorf("in the chain the caller is %s, want %s", got, want)
			}
		})
	}
}

func TestASessionEndsByTheClockOfTheServer(t *testing.T) {
	f := open(t, apptest.Config(t, "clock", "virtual", "behavior", "create-account=synchronous"))
	defer f.close()
	_, role := f.vend()
	c := f.assume(credentials{AccessKeyId: alice}, role)
	if err := f.Clock.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	// [AWS: common errors; the codes of the two protocols are widely seen]
	if got := f.identity(c); got != "Forbidden ExpiredToken" {
		t.Errorf("STS answers %s", got)
	}
	if got := f.describe(c); got != "ExpiredTokenException" {
		t.Errorf("Organizations answers %s", got)
	}
}

func TestASessionNeedsItsToken(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "create-account=synchronous"))
	defer f.close()
	_, role := f.vend()
	c := f.assume(credentials{AccessKeyId: alice}, role)
	for name, token := range map[string]string{"missing": "", "altered": c.SessionToken[:50] + "A" + c.SessionToken[51:] + "A"} {
		c := c
		c.SessionToken = token
		if got := f.identity(c); got != "Forbidden InvalidClientTokenId" {
			t.Errorf("%s: STS answers %s", name, got)
		}
		if got := f.describe(c); got != "UnrecognizedClientException" {
			t.Errorf("%s: Organizations answers %s", name, got)
		}
	}
}

// A session of an account that a reset deleted neither acts for the account that has the
// ID now nor registers it, also at the same instant of a standing clock. [assumed: AWS
// never uses an ID again]
func TestASessionEndsWithAReset(t *testing.T) {
	f := open(t, apptest.Config(t, "clock", "virtual", "behavior", "create-account=synchronous"))
	defer f.close()
	f.must(alice, "CreateOrganization", `{}`)
	role := "arn:aws:iam::" + alice + ":role/Deploy"
	c := f.assume(credentials{AccessKeyId: alice}, role)
	check := func(when string) {
		t.Helper()
		// Each request twice: the answer to the second may be kept.
		for range 2 {
			if got := f.identity(c); got != "Forbidden InvalidClientTokenId" {
				t.Errorf("%s STS answers %s", when, got)
			}
			if got := f.describe(c); got != "UnrecognizedClientException" {
				t.Errorf("%s Organizations answers %s", when, got)
			}
		}
	}
	if got := f.describe(c); got != alice {
		t.Fatalf("before the reset the answer is %s", got)
	}
	if err := f.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("after the reset")
	if accounts, err := f.Provider.Accounts(t.Context(), "", 10); err != nil || len(accounts) != 0 {
		t.Errorf("the session registered %v, %v", accounts, err)
	}
	f.must(alice, "CreateOrganization", `{}`)
	again := f.assume(credentials{AccessKeyId: alice}, role)
	for range 2 {
		if got := f.describe(again); got != alice {
			t.Errorf("a new session is answered %s", got)
		}
	}
	check("once the account is registered again")
}

func TestTheRecordOfASessionNamesItsRole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	f := open(t, apptest.Config(t, "journal", path, "behavior", "create-account=synchronous"))
	account, role := f.vend()
	c := f.assume(credentials{AccessKeyId: alice}, role)
	f.describe(c)
	f.close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"type":"AssumedRole"`, `"arn":"arn:aws:sts::` + account + `:assumed-role/OrganizationAccountAccessRole/vending"`,
		`"sessionIssuer":{"type":"Role"`, `"arn":"` + role + `"`, `"eventName":"AssumeRole"`, `"eventSource":"sts.amazonaws.com"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the journal lacks %s:\n%s", want, text)
		}
	}
	for name, secret := range map[string]string{"secret key": c.SecretAccessKey, "session token": c.SessionToken} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the journal holds a %s", name)
		}
	}
	// The rest is as in CloudTrail, which shows the token. [AWS: CloudTrail examples of
	// AssumeRole; assumed: the masks]
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, `"eventName":"AssumeRole"`) {
			continue
		}
		var record struct {
			ReadOnly         bool
			ResponseElements struct {
				Credentials     map[string]string
				AssumedRoleUser map[string]string
			}
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		got := record.ResponseElements
		if got.Credentials["accessKeyId"] != c.AccessKeyId || got.Credentials["expiration"] == "" || got.Credentials["sessionToken"] != "****" ||
			got.Credentials["secretAccessKey"] != "****" || got.AssumedRoleUser["arn"] == "" || !record.ReadOnly {
			t.Errorf("the record of AssumeRole is %s", line)
		}
	}
}
