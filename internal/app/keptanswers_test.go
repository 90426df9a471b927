package app_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
)

// TestKeptAnswersAreThoseOfTheRequest: what a policy asks about one request is asked about
// the next one of the same credentials too, of a session and of a root user. The control
// of each policy is the same call, which it does not deny.
func TestKeptAnswersAreThoseOfTheRequest(t *testing.T) {
	for _, c := range []struct {
		condition string
		denied    func(f fixture, r *http.Request)
	}{
		{`"StringLike":{"aws:UserAgent":"bad*"}`, func(_ fixture, r *http.Request) { r.Header.Set("User-Agent", "bad/1") }},
		{`"IpAddress":{"aws:SourceIp":"203.0.113.7"}`, func(_ fixture, r *http.Request) { r.RemoteAddr = "203.0.113.7:1234" }},
		{`"Bool":{"aws:SecureTransport":"true"}`, func(_ fixture, r *http.Request) { r.TLS = &tls.ConnectionState{} }},
		{`"DateGreaterThan":{"aws:CurrentTime":"` + start.Add(30*time.Minute).Format(time.RFC3339) + `"}`, later},
		{fmt.Sprintf(`"NumericGreaterThan":{"aws:EpochTime":"%d"}`, start.Add(30*time.Minute).Unix()), later},
	} {
		f := fixture{apptest.Open(t, apptest.Config(t, "clock", "virtual", "behavior", "create-account=synchronous"), app.Options{Start: start}), t}
		account, role := f.vend()
		root := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
		f.must(alice, "EnablePolicyType", fmt.Sprintf(`{"RootId": %q, "PolicyType": "SERVICE_CONTROL_POLICY"}`, root))
		content := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"organizations:*","Resource":"*","Condition":{`+c.condition+`}}}`, `"`, `\"`)
		made := f.must(alice, "CreatePolicy", `{"Name": "Deny", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": "`+content+`"}`)
		f.attach("AttachPolicy", made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string), account)
		callers := map[string]credentials{"session": f.assume(credentials{AccessKeyId: alice}, role), "root user": {AccessKeyId: account, SecretAccessKey: "any"}}
		call := func(name string, change func(fixture, *http.Request)) (answer string) {
			r := request(account, "DescribeOrganization", `{}`)
			r.Header.Del("Authorization")
			if change != nil {
				change(f, r)
			}
			apptest.SignWith(t, r, `{}`, "us-east-1", "organizations", callers[name].aws())
			w := httptest.NewRecorder()
			f.API().ServeHTTP(w, r)
			return fmt.Sprint(w.Code)
		}
		for name := range callers {
			for range 2 {
				if got := call(name, nil); got != "200" {
					t.Errorf("%s, the control of the %s: %s", c.condition, name, got)
				}
			}
		}
		for name := range callers {
			if got := call(name, c.denied); got != "400" {
				t.Errorf("%s, the %s: %s", c.condition, name, got)
			}
		}
		f.close()
	}
}

// later lets the time of the service pass.
func later(f fixture, _ *http.Request) {
	if err := f.Clock.Advance(f.t.Context(), 40*time.Minute-f.Clock.Now().Sub(start)); err != nil {
		f.t.Fatal(err)
	}
}
