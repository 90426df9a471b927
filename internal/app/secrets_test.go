package app_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/secret"
	"accord/internal/telemetry"
)

// TestAStolenDatabaseSignsNothing: who has the file of a strict store and the program has
// no key that signs; the control is the key that is outside.
func TestAStolenDatabaseSignsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	settings := strictSettings("store", "sqlite:"+path)
	f := open(t, apptest.Config(t, settings...))
	_, key := f.rootKey()
	session := f.assumeSession(key)
	f.close()
	for _, file := range []string{path, path + "-wal"} {
		text, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, secret := range []string{key.SecretAccessKey, session.SecretAccessKey, keysOfTests} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds a secret", file)
			}
		}
	}
	other := append(slices.Clone(settings), "secret-key", strings.Repeat("ab", 32))
	var log bytes.Buffer
	thief := fixture{apptest.Open(t, apptest.Config(t, other...), app.Options{Log: telemetry.NewLog(telemetry.Unbuffered(&log), telemetry.Options{Format: telemetry.Text})}), t}
	for name, c := range map[string]credentials{"key": key, "session": session} {
		if got := thief.identity(c); got != "Forbidden InvalidClientTokenId" {
			t.Errorf("the %s is %s", name, got)
		}
	}
	thief.close()
	if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "a secret key that this server does not have") {
		t.Errorf("the log does not say that the key is another one:\n%s", log.String())
	}
	missing := filepath.Join(t.TempDir(), "gone")
	_, err := app.Open(t.Context(), apptest.Config(t, "store", "sqlite:"+path, "secret-key-file", missing), app.Options{})
	if _, made := os.Stat(missing); err == nil || made == nil {
		t.Errorf("a file that is missing is made for a store that has another key: %v", err)
	}
	if _, err := app.Open(t.Context(), apptest.Config(t, "store", "sqlite:"+path), app.Options{}); err == nil || !strings.Contains(err.Error(), "--secret-key-file") {
		t.Errorf("an open server starts on the store without the key: %v", err)
	}
	f = open(t, apptest.Config(t, settings...))
	defer f.close()
	for name, c := range map[string]credentials{"key": key, "session": session} {
		if got := f.identity(c); !strings.HasPrefix(got, "arn:") {
			t.Errorf("control: the %s is %s", name, got)
		}
	}
	t.Log("evidence: no secret in the file, and neither a key nor a session of it signs with another secret key; the control, with the right one: both do")
}

// assumeSession issues temporary credentials of a root user.
func (f fixture) assumeSession(key credentials) credentials {
	f.t.Helper()
	var answer struct {
		Credentials credentials `xml:"GetSessionTokenResult>Credentials"`
	}
	if status, code := f.sts(key, "GetSessionToken", nil, &answer); status != http.StatusOK {
		f.t.Fatalf("%d %s", status, code)
	}
	return answer.Credentials
}

// TestTheSecretKeyIsRotated: while the server runs, from a key in the store to one
// outside, and from that to the next.
func TestTheSecretKeyIsRotated(t *testing.T) {
	folder := t.TempDir()
	store, file := "sqlite:"+filepath.Join(folder, "accord.db"), filepath.Join(folder, "keys")
	f := open(t, apptest.Config(t, "store", store))
	_, key := f.rootKey()
	f.close()

	f = open(t, apptest.Config(t, "store", store, "secret-key-file", file))
	defer f.close()
	identified := func(when string) {
		t.Helper()
		if got := f.identity(key); !strings.HasPrefix(got, "arn:") {
			t.Errorf("%s: %s", when, got)
		}
	}
	identified("once the key is outside")
	rotated := func() int {
		t.Helper()
		var answer struct {
			Changed int
			Error   string
		}
		if status := f.adminPost("/secret-key/rotate", &answer); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer.Error)
		}
		return answer.Changed
	}
	if n := rotated(); n != 0 {
		t.Errorf("%d secrets were not moved at the start", n)
	}
	added, err := secret.AddToFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := rotated(); n != 1 {
		t.Errorf("%d secrets were encrypted again", n)
	}
	identified("after the rotation")
	if err := os.WriteFile(file, []byte(added.Text()), 0o600); err != nil {
		t.Fatal(err)
	}
	f.Reload()
	identified("without the old key")
}

// TestNoSecretIsShown: in the log at level debug, journal, metrics, errors and answers of
// the admin API. The control is the ID of the access key, which the log shows.
func TestNoSecretIsShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	var log bytes.Buffer
	c := apptest.Config(t, strictSettings("journal", path, "log-level", "debug")...)
	f := fixture{apptest.Open(t, c, app.Options{Log: telemetry.NewLog(telemetry.Unbuffered(&log), telemetry.Options{Format: telemetry.Text, Level: slog.LevelDebug})}), t}
	account, key := f.rootKey()
	session := f.assumeSession(key)
	var made struct {
		Key credentials `xml:"CreateAccessKeyResult>AccessKey"`
	}
	jane := url.Values{"UserName": {"jane"}}
	if code := f.iam(key, "CreateUser", jane, &struct{}{}) + f.iam(key, "CreateAccessKey", jane, &made); code != "" {
		t.Fatal(code)
	}
	var shown bytes.Buffer
	for name, c := range map[string]credentials{
		"right": key, "session": session, "secret as ID": {AccessKeyId: key.SecretAccessKey, SecretAccessKey: "x"},
		"wrong": {AccessKeyId: key.AccessKeyId, SecretAccessKey: session.SecretAccessKey},
		"mixed": {AccessKeyId: key.AccessKeyId, SecretAccessKey: key.SecretAccessKey, SessionToken: session.SessionToken},
	} {
		organizations, sts := f.both(c, nil)
		shown.WriteString(name + organizations.Text + sts.Text)
	}
	for _, path := range []string{"/accounts", "/accounts/" + account, "/info", "/behaviors", "/journal", "/metrics", "/mails", "/readyz"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		f.Admin().ServeHTTP(w, r)
		shown.Write(w.Body.Bytes())
	}
	f.close()
	journal, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"log": log.String(), "journal": string(journal), "answers": shown.String()} {
		for what, secret := range map[string]string{
			"secret of a key": key.SecretAccessKey, "secret of a session": session.SecretAccessKey,
			"session token": session.SessionToken, "secret key": keysOfTests, "secret of a user": made.Key.SecretAccessKey,
		} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s shows a %s", where, what)
			}
		}
		if where != "answers" && !strings.Contains(text, key.AccessKeyId) {
			t.Errorf("control: the %s does not show the ID of the access key", where)
		}
	}
	t.Log("evidence: none of 5 secrets in log, journal, metrics and answers; the control, the ID of the key: in log and journal")
}
