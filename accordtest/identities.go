package accordtest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/app/apptest"
)

// User makes an IAM user in an account, and returns it as an actor. It may do what its
// policies allow: each is the document of a policy, the ARN of a managed one, or an action
// that is allowed on every resource:
//
//	s.User("111111111111", "jane", "organizations:Describe*", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")
func (s *Server) User(account, name string, policies ...string) *Actor {
	s.t.Helper()
	root := s.As(account)
	root.query(iam, "CreateUser", nil, "UserName", name)
	root.give("User", name, policies)
	var made struct {
		Key struct{ AccessKeyId, SecretAccessKey string } `xml:"CreateAccessKeyResult>AccessKey"`
	}
	root.query(iam, "CreateAccessKey", &made, "UserName", name)
	root.keys = keys{made.Key.AccessKeyId, made.Key.SecretAccessKey, ""}
	return root
}

// Role makes a role in an account, and returns its ARN for Assume. It trusts an account, a
// principal by its ARN, or whom a document of a trust policy names. Its policies are those
// of User.
func (s *Server) Role(account, name, trusts string, policies ...string) string {
	s.t.Helper()
	if !strings.HasPrefix(trusts, "{") {
		trusts = document(map[string]any{
			"Effect": "Allow", "Principal": map[string]string{"AWS": trusts}, "Action": []string{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"},
		})
	}
	root := s.As(account)
	var made struct {
		Arn string `xml:"CreateRoleResult>Role>Arn"`
	}
	root.query(iam, "CreateRole", &made, "RoleName", name, "AssumeRolePolicyDocument", trusts)
	root.give("Role", name, policies)
	return made.Arn
}

// Assume assumes a role by its ARN, also that of an account that CreateAccount made, and
// returns the session as an actor. A role that an account does not have can be assumed as
// well, and may do all that the account may, unless Behavior("any-role", "off") says
// otherwise.
func (a *Actor) Assume(role string) *Actor {
	a.t.Helper()
	var made struct {
		Account string                                                      `xml:"AssumeRoleResult>AssumedRoleUser>Arn"`
		Keys    struct{ AccessKeyId, SecretAccessKey, SessionToken string } `xml:"AssumeRoleResult>Credentials"`
	}
	if !a.query(sts, "AssumeRole", &made, "RoleArn", role, "RoleSessionName", "accordtest") {
		return nil
	}
	session := *a
	session.account = strings.Split(made.Account, ":")[4]
	session.keys = keys{made.Keys.AccessKeyId, made.Keys.SecretAccessKey, made.Keys.SessionToken}
	return &session
}

// Credentials returns those of the actor, for the SDK of the code under test. The token is
// empty but for a session.
func (a *Actor) Credentials() (accessKeyID, secretAccessKey, sessionToken string) {
	if a.keys == (keys{}) {
		accessKeyID, secretAccessKey = Credentials(a.account)
		return accessKeyID, secretAccessKey, ""
	}
	return a.keys.id, a.keys.secret, a.keys.token
}

// Denied returns the same actor, whose calls must now be denied by policies, because it may
// not do an action. That is the action of the call, or another one that the call needs:
//
//	jane.Denied("organizations:LeaveOrganization").Leave()
//	jane.Denied("iam:CreateServiceLinkedRole").Accept(h)
func (a *Actor) Denied(action string) *Actor {
	a.t.Helper()
	if strings.EqualFold(action, "iam:CreateServiceLinkedRole") {
		return a.Fails("AccessDeniedForDependency " +
			string(orgapi.AccessDeniedForDependencyExceptionReasonAccessDeniedDuringCreateServiceLinkedRole))
	}
	denied := a.Fails("AccessDenied")
	denied.action = action
	return denied
}

// service is a service with the query protocol.
type service struct{ name, version string }

var (
	iam = service{iamapi.ServiceName, iamapi.APIVersion}
	sts = service{stsapi.ServiceName, stsapi.APIVersion}
)

// give gives a user or a role its policies.
func (a *Actor) give(kind, name string, policies []string) {
	a.t.Helper()
	for n, p := range policies {
		switch {
		case strings.HasPrefix(p, "arn:"):
			a.query(iam, "Attach"+kind+"Policy", nil, kind+"Name", name, "PolicyArn", p)
			continue
		case !strings.HasPrefix(strings.TrimSpace(p), "{"):
			p = document(map[string]any{"Effect": "Allow", "Action": p, "Resource": "*"})
		}
		a.query(iam, "Put"+kind+"Policy", nil, kind+"Name", name, "PolicyName", fmt.Sprintf("policy-%d", n+1), "PolicyDocument", p)
	}
}

// document is a policy with one statement.
func document(statement map[string]any) string {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statement})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// query calls an operation of IAM or STS with parameters given as name, value, name, value,
// reads the answer, and reports whether there is one. It fails the test as Call does.
func (a *Actor) query(s service, operation string, into any, parameters ...string) bool {
	a.t.Helper()
	err := a.tryQuery(s, operation, into, parameters)
	a.expect(operation, err)
	return err == nil
}

func (a *Actor) tryQuery(s service, operation string, into any, parameters []string) error {
	form := url.Values{"Action": {operation}, "Version": {s.version}}
	for n := 0; n < len(parameters); n += 2 {
		form.Add(parameters[n], parameters[n+1])
	}
	body := form.Encode()
	r, err := http.NewRequest(http.MethodPost, a.server.api.URL, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", apptest.Authorization(a.account, s.name))
	if err := a.keys.sign(r, body, s.name); err != nil {
		return err
	}
	answer, err := a.server.send(r)
	if err != nil {
		return err
	}
	if answer.code != http.StatusOK {
		var failure struct {
			Code    string `xml:"Error>Code"`
			Message string `xml:"Error>Message"`
		}
		if err := xml.Unmarshal(answer.body, &failure); err != nil || failure.Code == "" {
			return fmt.Errorf("status %s: %s", answer.status, answer.body)
		}
		return &Error{Exception: failure.Code, Message: failure.Message}
	}
	if into == nil {
		return nil
	}
	return xml.Unmarshal(answer.body, into)
}
