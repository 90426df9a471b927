package importing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"accord/internal/clone"
	"accord/internal/ident"
)

// Source says from where an organization is read, and who calls.
type Source struct {
	// From is "aws"; empty for the Endpoint, the URL of another server that speaks the API.
	From     string `json:"from,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
	// Profile is one of the files of AWS of the server; empty for its usual credentials.
	Profile string `json:"profile,omitempty"`
	// Region is where calls are signed for; empty for the usual one.
	Region string `json:"region,omitempty"`
	// Account calls the Endpoint as an account, where access keys are account IDs.
	Account string `json:"account,omitempty"`
	// An access key calls instead of Profile and Account. It is kept until the calls are made,
	// and shown nowhere.
	AccessKeyID     string `json:"accessKeyId,omitempty"`
	SecretAccessKey string `json:"secretAccessKey,omitempty"`
	SessionToken    string `json:"sessionToken,omitempty"`
}

// FromAWS is the value of From.
const FromAWS = "aws"

// BadRequest is what is wrong with a request.
type BadRequest struct {
	// Field is the member of the request.
	Field, Text string
}

func (b *BadRequest) Error() string { return b.Field + ": " + b.Text }

func wrong(field, format string, args ...any) error {
	return &BadRequest{field, fmt.Sprintf(format, args...)}
}

// The forms of the members that are no secrets, and the bounds of those that are.
var (
	keyForm     = regexp.MustCompile(`^[A-Za-z0-9_]{4,128}$`)
	regionForm  = regexp.MustCompile(`^[a-z0-9-]{0,32}$`)
	profileForm = regexp.MustCompile(`^[^[:cntrl:]]{0,128}$`)
)

const maxSecret, maxToken, maxEndpoint = 512, 16 << 10, 2048

// Check refuses members that do not go together, or cannot be.
func (s Source) Check() error {
	hasKey := s.AccessKeyID != "" || s.SecretAccessKey != "" || s.SessionToken != ""
	switch {
	case s.From != "" && s.From != FromAWS:
		return wrong("from", "%.40q is not aws; endpoint names another server", s.From)
	case (s.From != "") == (s.Endpoint != ""):
		return wrong("endpoint", `either the URL of another server is expected, or "from": "aws"`)
	case s.Endpoint != "" && !isEndpoint(s.Endpoint):
		return wrong("endpoint", "it is not a URL such as http://127.0.0.1:5000, with nothing behind the path")
	case s.Account != "" && !ident.AccountID(s.Account).Valid():
		return wrong("account", "%.40q is not an account ID, which has twelve digits", s.Account)
	case s.Account != "" && s.From != "":
		return wrong("account", "it belongs to endpoint; AWS is called with credentials")
	case s.Profile != "" && s.From == "":
		return wrong("profile", "it belongs to AWS; the credentials of the server are not sent to another one")
	case hasKey && (s.Account != "" || s.Profile != ""):
		return wrong("accessKeyId", "an access key calls alone: without account and profile")
	case s.Endpoint != "" && !hasKey && s.Account == "":
		return wrong("account", "an account or an access key is expected; the credentials of the server are not sent to another one")
	case hasKey && !keyForm.MatchString(s.AccessKeyID):
		return wrong("accessKeyId", "it is not the ID of an access key")
	case hasKey && !isSecret(s.SecretAccessKey, maxSecret):
		return wrong("secretAccessKey", "an access key has an ID and a secret of up to %d characters", maxSecret)
	case s.SessionToken != "" && !isSecret(s.SessionToken, maxToken):
		return wrong("sessionToken", "it has spaces, or more than %d characters", maxToken)
	case !profileForm.MatchString(s.Profile):
		return wrong("profile", "it has control characters, or is too long")
	case !regionForm.MatchString(s.Region):
		return wrong("region", "it is not a Region such as us-east-1")
	}
	return nil
}

func isSecret(text string, most int) bool {
	return text != "" && len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// isEndpoint reports whether a text is a URL without what could hide a secret.
func isEndpoint(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= maxEndpoint && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.Contains(text, "#")
}

// String names the source without its secrets.
func (s Source) String() string {
	text := "AWS"
	switch {
	case s.Endpoint != "":
		text = s.Endpoint
	case s.Profile != "":
		text += ", profile " + s.Profile
	}
	switch {
	case s.Account != "":
		text += " as " + s.Account
	case s.AccessKeyID != "":
		text += " with an access key"
	}
	return text
}

// public is the source without its access key.
func (s Source) public() Source {
	s.AccessKeyID, s.SecretAccessKey, s.SessionToken = "", "", ""
	return s
}

// discreet is a source whose answers do not repeat the secrets with which it is called: a
// server gets the session token, and may answer anything.
type discreet struct {
	clone.Source
	token string
	hide  *strings.Replacer
}

// hidden stands for a secret in a text.
const hidden = "…"

func newDiscreet(of clone.Source, s Source) discreet {
	var secrets []string
	for _, secret := range []string{s.SecretAccessKey, s.SessionToken, s.AccessKeyID} {
		if secret != "" {
			secrets = append(secrets, secret, hidden)
		}
	}
	return discreet{of, s.SessionToken, strings.NewReplacer(secrets...)}
}

// Call makes a call.
func (d discreet) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	output, err := d.Source.Call(ctx, operation, in)
	var answered *clone.APIError
	switch {
	case err == nil && d.token != "" && bytes.Contains(output, []byte(d.token)):
		return nil, errors.New(operation + ": the answer has the session token in it")
	case err == nil || ctx.Err() != nil:
		return output, err
	case errors.As(err, &answered):
		return nil, &clone.APIError{Code: d.hide.Replace(answered.Code), Message: d.hide.Replace(answered.Message), Status: answered.Status}
	}
	return nil, errors.New(d.hide.Replace(err.Error()))
}
