package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"accord/internal/app/apptest"
	"accord/internal/ident"
)

const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

// presigned is a call of STS whose signature is in the query, which a link or a form can
// hold.
const presigned = "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256" +
	"&X-Amz-Credential=" + bob + "%2F20261102%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=unsigned"

// pageAttack is what a web page makes a browser send to the API, with the headers that
// Chromium adds. Some pages have the name of the server after DNS rebinding.
type pageAttack struct {
	name    string
	request func() *http.Request
	headers []string
}

var pageAttacks = []pageAttack{
	{"rebinding", func() *http.Request { return request(alice, "DeleteOrganization", "{}") },
		[]string{"Host", "evil.example:8016", "Origin", "http://evil.example:8016", "User-Agent", chrome}},
	{"rebinding, registration", func() *http.Request { return request(bob, "DescribeOrganization", "{}") },
		[]string{"Host", "evil.example:8016", "Origin", "http://evil.example:8016", "User-Agent", chrome}},
	{"script of another site", func() *http.Request { return request(alice, "DeleteOrganization", "{}") },
		[]string{"Host", "127.0.0.1:8016", "Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site", "User-Agent", chrome}},
	{"form of another site", func() *http.Request { return httptest.NewRequest(http.MethodPost, presigned, strings.NewReader("")) },
		[]string{"Host", "127.0.0.1:8016", "Content-Type", "application/x-www-form-urlencoded", "Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site", "User-Agent", chrome}},
}

// outcome sends what a page sends, and reports whether Bob was registered and whether
// Alice still has her organization.
func (f fixture) outcome(a pageAttack) (status int, registered, organization bool) {
	f.t.Helper()
	f.must(alice, "CreateOrganization", "{}")
	r := a.request()
	for n := 0; n < len(a.headers); n += 2 {
		r.Header.Set(a.headers[n], a.headers[n+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, r)
	_, err := f.Provider.Account(f.t.Context(), ident.AccountID(bob))
	_, exception := f.try(alice, "DescribeOrganization", "{}")
	return w.Code, err == nil, exception == ""
}

// TestWebPagesChangeNothing sends what web pages can send. The control lets the page
// in, and the same requests then do their harm.
func TestWebPagesChangeNothing(t *testing.T) {
	refused, ran := 0, 0
	for _, a := range pageAttacks {
		f := open(t, apptest.Config(t))
		status, registered, organization := f.outcome(a)
		if status != http.StatusForbidden || registered || !organization {
			t.Errorf("%s: status %d, registered %t, organization kept %t", a.name, status, registered, organization)
		} else {
			refused++
		}
		f.close()

		control := open(t, apptest.Config(t, "allow-origins", "http://evil.example,http://evil.example:8016"))
		if status, registered, organization := control.outcome(a); status == http.StatusForbidden || !registered && organization {
			t.Errorf("the control, %s: status %d, registered %t, organization kept %t", a.name, status, registered, organization)
		} else {
			ran++
		}
		control.close()
	}
	t.Logf("evidence: %d requests of pages refused, nothing changed; the same %d changed the store once the page was let in", refused, ran)
}

// TestGetChangesNothing: a link or an image in a page of an old browser has no mark. The
// control sends the same call by POST, which registers the account.
func TestGetChangesNothing(t *testing.T) {
	f := open(t, apptest.Config(t))
	defer f.close()
	send := func(method, target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		f.API().ServeHTTP(w, httptest.NewRequest(method, target, nil))
		return w
	}
	registered := func() bool {
		_, err := f.Provider.Account(t.Context(), ident.AccountID(bob))
		return err == nil
	}
	// The caller is named all the same: some tools prove who they are with such a URL.
	if w := send(http.MethodGet, presigned); w.Code != 200 || !strings.Contains(w.Body.String(), "<Account>"+bob+"</Account>") || registered() {
		t.Errorf("GET: %d %s, registered %t", w.Code, w.Body, registered())
	}
	session := strings.Replace(presigned, "GetCallerIdentity", "GetSessionToken", 1)
	if w := send(http.MethodGet, session); w.Code != 200 || registered() {
		t.Errorf("GetSessionToken: %d %s", w.Code, w.Body)
	}
	assume := strings.Replace(presigned, "GetCallerIdentity", "AssumeRole", 1) + "&RoleSessionName=s&RoleArn=arn:aws:iam::" + bob + ":role/R"
	if w := send(http.MethodGet, assume); w.Code != http.StatusMethodNotAllowed || registered() {
		t.Errorf("AssumeRole: %d %s", w.Code, w.Body)
	}
	if w := send(http.MethodPost, presigned); w.Code != 200 || !registered() {
		t.Errorf("the control: %d, registered %t", w.Code, registered())
	}
	t.Logf("evidence: 3 calls by GET registered no account, 1 by POST did")
}

// TestAnInvitedPageUsesTheAPI: a browser asks first, and then calls.
func TestAnInvitedPageUsesTheAPI(t *testing.T) {
	f := open(t, apptest.Config(t, "allow-origins", "http://localhost:5173"))
	defer f.close()
	ask := httptest.NewRequest(http.MethodOptions, "/", nil)
	ask.Header.Set("Origin", "http://localhost:5173")
	ask.Header.Set("Access-Control-Request-Method", "POST")
	ask.Header.Set("Access-Control-Request-Headers", "authorization,content-type,x-amz-target")
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, ask)
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != "http://localhost:5173" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	call := request(alice, "CreateOrganization", "{}")
	call.Header.Set("Origin", "http://localhost:5173")
	call.Header.Set("Sec-Fetch-Site", "cross-site")
	w = httptest.NewRecorder()
	f.API().ServeHTTP(w, call)
	if w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "http://localhost:5173" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
