package visit

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/clientenv"
	"accord/internal/ident"
)

// The kinds of principals, as their names begin.
const (
	userKind = "user/"
	roleKind = "role/"
)

// sessionName is that of sessions of roles, and sessionSeconds how long they last, the shortest
// time. [AWS: AssumeRole]
const (
	sessionName    = "console"
	sessionSeconds = "900"
)

// forget drops the credentials of the role that a call was refused for: the role or its account
// may have been made anew.
func (v *Visit) forget(refused *Failure) {
	if p, err := v.principal(); err == nil && p != nil && Is(refused, "UnrecognizedClientException", "ExpiredTokenException", "InvalidClientTokenId") {
		v.Server.Assumed.forget(p.ARN)
	}
}

// principal is the user or the role that the person acts as; nil for the root user.
func (v *Visit) principal() (*Identity, error) {
	if v.By == "" {
		return nil, nil
	}
	if err := v.readPrincipals(); err != nil {
		return nil, err
	}
	for i := range v.Principals {
		if v.Principals[i].Name == v.By {
			return &v.Principals[i], nil
		}
	}
	return nil, &Failure{Status: http.StatusBadRequest, Message: "The account " + string(v.As) + " has no " + v.By + "."}
}

// readPrincipals reads the users and roles of the account once.
func (v *Visit) readPrincipals() error {
	if v.Principals != nil || !v.Powers {
		return nil
	}
	var list struct {
		Principals []Identity `json:"principals"`
	}
	err := v.Admin(http.MethodGet, "/accounts/"+url.PathEscape(string(v.As))+"/principals", nil, &list)
	v.Principals = list.Principals
	return err
}

// signAsPrincipal signs a call with credentials of a user or a role. Of a user the server makes
// them, which takes every word for it in the open sandbox; a role is assumed by a call, as its
// trust policy allows.
func (v *Visit) signAsPrincipal(r *http.Request, body []byte, p *Identity) error {
	if v.credentials == nil {
		made, err := v.credentialsOf(p)
		if err != nil {
			return err
		}
		v.credentials = &made
	}
	r.Header.Set("X-Amz-Security-Token", v.credentials.Token)
	return v.Server.Sign(v.Context(), r, body, v.credentials.AccessKeyID, v.credentials.SecretAccessKey)
}

func (v *Visit) credentialsOf(p *Identity) (Credentials, error) {
	if user, is := strings.CutPrefix(p.Name, userKind); is {
		return v.Server.SessionOf(v.Context(), v.As, user[strings.LastIndex(user, "/")+1:])
	}
	now := v.Server.Now()
	if kept, is := v.Server.Assumed.get(p.ARN, now); is {
		return kept, nil
	}
	made, err := v.assume(p.ARN, v.As)
	if manager := v.manager(); err != nil && manager != "" && Is(err, "AccessDenied") {
		// Roles of members trust the management account more often than their own.
		if again, failed := v.assume(p.ARN, manager); failed == nil {
			made, err = again, nil
		}
	}
	if err == nil {
		v.Server.Assumed.put(p.ARN, made, now.Add(10*time.Minute))
	}
	return made, err
}

// manager is the management account of the organization of the account, if that is another one.
func (v *Visit) manager() ident.AccountID {
	r, _, err := v.newCall("DescribeOrganization", nil)
	if err != nil {
		return ""
	}
	v.signAsRoot(r, v.As, orgapi.ServiceName)
	var described struct {
		Organization struct {
			Manager ident.AccountID `json:"MasterAccountId"`
		}
	}
	a, err := send(v.Server.API, r)
	if err != nil || a.status != http.StatusOK || a.read(&described) != nil || described.Organization.Manager == v.As {
		return ""
	}
	return described.Organization.Manager
}

// assume calls AssumeRole as the root user of an account.
func (v *Visit) assume(arn string, as ident.AccountID) (Credentials, error) {
	in := url.Values{"RoleArn": {arn}, "RoleSessionName": {sessionName}, "DurationSeconds": {sessionSeconds}}
	text, refused, err := v.callSTS("AssumeRole", in, func(r *http.Request, _ []byte) error {
		v.signAsRoot(r, as, stsapi.ServiceName)
		return nil
	})
	switch {
	case err != nil:
		return Credentials{}, err
	case refused != nil:
		refused.As = string(as)
		return Credentials{}, refused
	}
	return Credentials{element(text, "AccessKeyId"), element(text, "SecretAccessKey"), element(text, "SessionToken")}, nil
}

// signAsRoot signs a call as the root user of an account: in the open sandbox the ID of the
// account is its key, and nothing is verified.
func (v *Visit) signAsRoot(r *http.Request, account ident.AccountID, service string) {
	date := v.Server.Now().UTC().Format("20060102")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+string(account)+"/"+date+"/"+clientenv.Region+"/"+service+
		"/aws4_request, SignedHeaders=host, Signature=open")
}
