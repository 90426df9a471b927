// Package apptest is the harness of all tests in this process: it opens an app from
// settings, or the operations alone on a store, and signs requests. accordtest is
// what users of Accord get of it; package process starts the real program.
//
// What a test asks and expects stays in the test.
package apptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/app"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/protocol/awsjson"
)

// defaults are the settings of an app for which a test gives no others: free ports,
// a store in memory, and IDs that are the same in every run.
var defaults = config.Input{"store": {"memory"}, "listen": {"127.0.0.1:0"}, "admin-listen": {"127.0.0.1:0"}, "random-seed": {"1"}}

// Config is the configuration of settings given as name, value, name, value. A name
// that is given several times has several values. The environment is not read.
func Config(t testing.TB, settings ...string) config.Config {
	t.Helper()
	given := config.Input{}
	for pair := range slices.Chunk(settings, 2) {
		given[pair[0]] = append(given[pair[0]], pair[1])
	}
	for name, values := range defaults {
		// A strict server has no seed, from which its keys could be guessed.
		if given[name] == nil && !(name == "random-seed" && given["auth"] != nil) {
			given[name] = values
		}
	}
	c, err := config.Load(given, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Open opens an app. An exception that the model does not allow for its operation
// fails the test. Close closes it.
func Open(t testing.TB, c config.Config, o app.Options) *app.App {
	t.Helper()
	o.Undeclared = func(operation string, e *api.Error) { t.Errorf("%s is not allowed to return %v", operation, e) }
	a, err := app.Open(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Listen opens the listeners of an app.
func Listen(t testing.TB, a *app.App) {
	t.Helper()
	if err := a.Listen(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Close closes an app.
func Close(t testing.TB, a *app.App) {
	t.Helper()
	if err := a.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// Authorization is the header of a request that an account signs for a service. The
// open sandbox reads who signs and verifies nothing.
func Authorization(account, service string) string {
	return AuthorizationIn("us-east-1", account, service)
}

// AuthorizationIn is the header of a request that is signed for a Region.
func AuthorizationIn(region, account, service string) string {
	return "AWS4-HMAC-SHA256 Credential=" + account + "/20261102/" + region + "/" + service +
		"/aws4_request, SignedHeaders=host, Signature=unsigned"
}

// Sign makes a request a call of an operation of Organizations by an account.
func Sign(r *http.Request, account, operation string) {
	r.Header.Set("Content-Type", awsjson.ContentType)
	r.Header.Set("X-Amz-Target", orgapi.TargetPrefix+"."+operation)
	r.Header.Set("Authorization", Authorization(account, orgapi.ServiceName))
}

// SignWith signs a request with credentials for a service in a Region, as a client does
// now.
func SignWith(t testing.TB, r *http.Request, body, region, service string, c aws.Credentials) {
	t.Helper()
	if err := SignKeys(r, body, region, service, c.AccessKeyID, c.SecretAccessKey, c.SessionToken); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
}

// SignKeys signs a request with keys, of which the token may be empty.
func SignKeys(r *http.Request, body, region, service, id, secret, token string) error {
	hash, c := sha256.Sum256([]byte(body)), aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}
	return v4.NewSigner().SignHTTP(r.Context(), c, r, hex.EncodeToString(hash[:]), service, region, (&clock.System{}).Machine())
}
