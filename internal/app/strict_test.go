package app_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

// keysOfTests are keys outside of a store.
const keysOfTests = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// strictSettings are those of a strict server.
func strictSettings(settings ...string) []string {
	return append([]string{"auth", "strict", "admin-listen", "unix:///nowhere", "secret-key", keysOfTests}, settings...)
}

// adminPost sends a change to the admin API.
func (f fixture) adminPost(path string, into any) int {
	f.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("{}"))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	f.Admin().ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		f.t.Fatalf("%s: %v: %s", path, err, w.Body)
	}
	return w.Code
}

// rootKey makes an account with an access key of its root user.
func (f fixture) rootKey() (account string, key credentials) {
	f.t.Helper()
	var made struct{ ID string }
	f.adminPost("/accounts", &made)
	var answer struct{ AccessKeyID, SecretAccessKey, Error string }
	if status := f.adminPost("/accounts/"+made.ID+"/root-key", &answer); status != http.StatusOK {
		f.t.Fatalf("%d %s", status, answer.Error)
	}
	return made.ID, credentials{AccessKeyId: answer.AccessKeyID, SecretAccessKey: answer.SecretAccessKey}
}

// refusal is how a request is answered: status, code and text.
type refusal struct {
	Status     int
	Code, Text string
}

// both calls an operation in each protocol with credentials, after a change of the signed
// request, and returns the answers of Organizations and STS.
func (f fixture) both(c credentials, change func(*http.Request)) (organizations, sts refusal) {
	f.t.Helper()
	send := func(r *http.Request, body, service string) *httptest.ResponseRecorder {
		if c.AccessKeyId != "" {
			apptest.SignWith(f.t, r, body, "us-east-1", service, c.aws())
		}
		if change != nil {
			change(r)
		}
		w := httptest.NewRecorder()
		f.API().ServeHTTP(w, r)
		return w
	}
	r := request(alice, "DescribeOrganization", `{}`)
	r.Header.Del("Authorization")
	w := send(r, `{}`, "organizations")
	var j struct {
		Type    string `json:"__type"`
		Message string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &j); err != nil {
		f.t.Fatalf("%v: %s", err, w.Body)
	}
	organizations = refusal{w.Code, j.Type, j.Message}
	const body = "Action=GetCallerIdentity&Version=2011-06-15"
	r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w = send(r, body, "sts")
	var x struct {
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &x); err != nil {
		f.t.Fatalf("%v: %s", err, w.Body)
	}
	return organizations, refusal{w.Code, x.Code, x.Message}
}

// TestStrictModeFromNothing: the first account is made on purpose, and its key is the
// root user. Nothing else gets in, and no call makes an account.
func TestStrictModeFromNothing(t *testing.T) {
	f := open(t, apptest.Config(t, strictSettings("behavior", "create-account=synchronous")...))
	defer f.close()
	account, key := f.rootKey()
	if got := f.identity(key); got != "arn:aws:iam::"+account+":root" {
		t.Errorf("the caller is %s", got)
	}
	if got, _ := f.both(key, nil); got.Code != "AWSOrganizationsNotInUseException" {
		t.Errorf("Organizations answers %+v", got)
	}
	for _, stranger := range []string{alice, "test", "AKIAIOSFODNN7EXAMPLE"} {
		organizations, sts := f.both(credentials{AccessKeyId: stranger, SecretAccessKey: "any"}, nil)
		const text = "The security token included in the request is invalid."
		if want := (refusal{400, "UnrecognizedClientException", text}); organizations != want {
			t.Errorf("%s: Organizations answers %+v", stranger, organizations)
		}
		if want := (refusal{403, "InvalidClientTokenId", text}); sts != want {
			t.Errorf("%s: STS answers %+v", stranger, sts)
		}
	}
	if accounts, err := f.Provider.Accounts(t.Context(), "", 10); err != nil || len(accounts) != 1 {
		t.Errorf("strangers registered accounts: %v, %v", accounts, err)
	}
}

// TestAnInvitationRegistersNoAccountInStrictMode. [assumed]
func TestAnInvitationRegistersNoAccountInStrictMode(t *testing.T) {
	f := open(t, apptest.Config(t, strictSettings()...))
	defer f.close()
	_, key := f.rootKey()
	call := func(operation, body string) (answer struct {
		Type   string `json:"__type"`
		Reason string
	}) {
		r := request(alice, operation, body)
		apptest.SignWith(t, r, body, "us-east-1", "organizations", key.aws())
		w := httptest.NewRecorder()
		f.API().ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if got := call("CreateOrganization", `{}`); got.Type != "" {
		t.Fatal(got)
	}
	if got := call("InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}}`); got.Reason != "TARGET_NOT_SUPPORTED" {
		t.Error(got)
	}
	if _, err := f.Provider.Account(t.Context(), bob); err == nil {
		t.Error("the invitation registered an account")
	}
}

// TestBothProtocolsSayWhatIsWrong: with the names, texts and statuses of each. [AWS:
// common errors; seen: the texts]
func TestBothProtocolsSayWhatIsWrong(t *testing.T) {
	const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	for _, auth := range []string{"open", "strict"} {
		f := open(t, apptest.Config(t, append(strictSettings(), "auth", auth)...))
		_, key := f.rootKey()
		wrong := key
		wrong.SecretAccessKey += "x"
		removed := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
		for name, test := range map[string]struct {
			credentials
			change     func(*http.Request)
			json, form refusal
		}{
			"wrong secret": {wrong, nil, refusal{400, "InvalidSignatureException", mismatch}, refusal{403, "SignatureDoesNotMatch", mismatch}},
			"not signed": {
				credentials{}, nil,
				refusal{400, "MissingAuthenticationTokenException", "Missing Authentication Token"},
				refusal{403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
			},
			"no date": {
				key, removed("X-Amz-Date"),
				refusal{400, "IncompleteSignatureException", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."},
				refusal{400, "IncompleteSignature", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."},
			},
			"half a signature": {
				key, func(r *http.Request) {
					header, _, _ := strings.Cut(r.Header.Get("Authorization"), ", Signature=")
					r.Header.Set("Authorization", header)
				},
				refusal{400, "IncompleteSignatureException", "The signature of the request lacks its Signature."},
				refusal{400, "IncompleteSignature", "The signature of the request lacks its Signature."},
			},
		} {
			organizations, sts := f.both(test.credentials, test.change)
			if organizations != test.json {
				t.Errorf("%s, %s: Organizations answers %+v", auth, name, organizations)
			}
			if sts != test.form {
				t.Errorf("%s, %s: STS answers %+v", auth, name, sts)
			}
		}
		f.close()
	}
}

// TestKeyOfAClosedAccount: a key signs while its account can. The control is the key
// before.
func TestKeyOfAClosedAccount(t *testing.T) {
	for _, auth := range []string{"open", "strict"} {
		f := open(t, apptest.Config(t, append(strictSettings(), "auth", auth)...))
		account, key := f.rootKey()
		if got := f.identity(key); got != "arn:aws:iam::"+account+":root" {
			t.Errorf("%s: the control is %s", auth, got)
		}
		f.suspend(account)
		if got := f.identity(key); got != "Forbidden InvalidClientTokenId" {
			t.Errorf("%s: the key of a suspended account is %s", auth, got)
		}
		f.close()
	}
	t.Log("evidence: refused in two modes once the account is suspended; the control, the same key before: its root user")
}

// suspend suspends an account.
func (f fixture) suspend(account string) {
	f.t.Helper()
	r := httptest.NewRequest(http.MethodPatch, "/accounts/"+account, strings.NewReader(`{"state": "SUSPENDED"}`))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	f.Admin().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		f.t.Fatal(w.Body)
	}
}

// TestARootUserHasTwoAccessKeys. [AWS: IAM quotas]
func TestARootUserHasTwoAccessKeys(t *testing.T) {
	f := open(t, apptest.Config(t, strictSettings()...))
	defer f.close()
	account, _ := f.rootKey()
	var answer struct{ Error string }
	for _, want := range []int{http.StatusOK, http.StatusConflict} {
		if got := f.adminPost("/accounts/"+account+"/root-key", &answer); got != want {
			t.Errorf("%d %s, want %d", got, answer.Error, want)
		}
	}
	if got := f.adminPost("/accounts/999999999999/root-key", &answer); got != http.StatusNotFound {
		t.Errorf("an account that is not there: %d %s", got, answer.Error)
	}
}

// TestTheFirstStartMakesARootKey, in a file that AWS clients read, and no other start does.
func TestTheFirstStartMakesARootKey(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "credentials")
	c := apptest.Config(t, strictSettings("store", "sqlite:"+filepath.Join(folder, "accord.db"), "root-key-file", path)...)
	f := open(t, c)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", err, info)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text))
	if len(fields) != 7 {
		t.Fatalf("%d fields", len(fields))
	}
	key := credentials{AccessKeyId: fields[3], SecretAccessKey: fields[6]}
	check := func(f fixture) {
		t.Helper()
		if got := f.identity(key); !strings.HasSuffix(got, ":root") || strings.Contains(got, "000000000000") {
			t.Errorf("the caller is %s", got)
		}
	}
	check(f)
	f.close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	f = open(t, c)
	defer f.close()
	check(f)
	if _, err := os.Stat(path); err == nil {
		t.Error("the second start made a key")
	}
}
