package app_test

import (
	"net/url"
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

// iam calls an operation of IAM, reads the answer, and returns the code of the error.
func (f fixture) iam(signer credentials, operation string, parameters url.Values, into any) string {
	f.t.Helper()
	_, code := f.answerTo(signer, "iam", operation, parameters, into)
	return code
}

// TestAKeyOfAUserLivesAsLongAsTheKey: the control of each step is the one before.
func TestAKeyOfAUserLivesAsLongAsTheKey(t *testing.T) {
	for _, auth := range []string{"open", "strict"} {
		f := open(t, apptest.Config(t, append(strictSettings(), "auth", auth)...))
		account, root := f.rootKey()
		jane := url.Values{"UserName": {"jane"}}
		if code := f.iam(root, "CreateUser", url.Values{"UserName": {"jane"}, "Path": {"/ops/"}}, &struct{}{}); code != "" {
			t.Fatalf("%s: CreateUser answers %s", auth, code)
		}
		var made struct {
			Key credentials `xml:"CreateAccessKeyResult>AccessKey"`
		}
		if code := f.iam(root, "CreateAccessKey", jane, &made); code != "" {
			t.Fatalf("%s: CreateAccessKey answers %s", auth, code)
		}
		key := made.Key
		want := "arn:aws:iam::" + account + ":user/ops/jane"
		check := func(when, want string) {
			t.Helper()
			if got := f.identity(key); got != want {
				t.Errorf("%s, %s: the caller is %s, want %s", auth, when, got, want)
			}
		}
		check("made", want)
		status := func(to string) url.Values {
			return url.Values{"UserName": {"jane"}, "AccessKeyId": {key.AccessKeyId}, "Status": {to}}
		}
		f.iam(root, "UpdateAccessKey", status("Inactive"), &struct{}{})
		check("inactive", "Forbidden InvalidClientTokenId")
		f.iam(root, "UpdateAccessKey", status("Active"), &struct{}{})
		check("active again", want)
		f.iam(root, "DeleteAccessKey", url.Values{"UserName": {"jane"}, "AccessKeyId": {key.AccessKeyId}}, &struct{}{})
		check("deleted", "Forbidden InvalidClientTokenId")
		f.close()
	}
}

// TestKeysEndWithAReset: of the accounts that are gone.
func TestKeysEndWithAReset(t *testing.T) {
	f := open(t, apptest.Config(t))
	defer f.close()
	_, root := f.rootKey()
	if got := f.identity(root); !strings.HasSuffix(got, ":root") {
		t.Errorf("control: %s", got)
	}
	if err := f.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.identity(root); got != "Forbidden InvalidClientTokenId" {
		t.Errorf("after the reset the caller is %s", got)
	}
}
