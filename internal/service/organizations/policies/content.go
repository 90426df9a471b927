package policies

import (
	"crypto/sha256"
	"encoding/hex"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/quota"
	"accord/internal/service/operation"
)

// setContent gives a policy a content, or rejects it: for its size first. The content
// that it has already fits: normalizing may have made it longer than the quota. [AWS:
// size is another error than malformed; assumed: the order, the content that is kept]
func setContent(u *operation.Unit, p *org.Policy, content string) error {
	if content != p.Content {
		if err := u.RequireWithin(p.Organization, quota.PolicySize(p.Type), int64(policy.Size(content))); err != nil {
			return err
		}
	}
	if diagnostic, rejection := examine(u.Reader, p.Type, content); diagnostic != nil {
		return rejection
	}
	p.Content = policy.Stored(p.Type, content)
	sum := sha256.Sum256([]byte(p.Content))
	p.Digest = hex.EncodeToString(sum[:])
	return nil
}

// examine returns the first diagnostic in a content of a type for the organization of the
// caller, with the error that rejects it; nil for a content that can be stored.
func examine(r *operation.Reader, kind org.PolicyType, content string) (*document.Diagnostic, *api.Error) {
	options := policy.Options{
		Lenient:                  r.Behavior.PolicyContentChecksLenient,
		ServiceControlBefore2025: r.Behavior.SCPLanguagePre2025,
		Now:                      r.Now(),
		Management:               management(r.Caller),
	}
	if diagnostic := policy.Check(kind, content, options); diagnostic != nil {
		return diagnostic, malformed(diagnostic).RaisedBy(behaviorAgainst(kind, content, options))
	}
	if kind == policy.SecurityHub && r.LacksNetworkScanning() {
		if diagnostic := policy.CheckNetworkScanning(content); diagnostic != nil {
			return diagnostic, malformed(diagnostic).RaisedBy("--behavior partition-features")
		}
	}
	return nil, nil
}

// management is the management account of the caller's organization; empty without one.
func management(c *operation.Caller) ident.AccountID {
	if c.Organization == nil {
		return ""
	}
	return c.Organization.Management
}

// behaviorAgainst names the behavior without which a rejected document would have
// been accepted; empty if there is none.
func behaviorAgainst(kind org.PolicyType, content string, options policy.Options) string {
	wider := options
	wider.ServiceControlBefore2025 = false
	if policy.Check(kind, content, wider) == nil {
		return "--behavior scp-language"
	}
	wider.Lenient = true
	if policy.Check(kind, content, wider) == nil {
		return "--behavior policy-content-checks"
	}
	return ""
}

// malformed rejects a document and says what is wrong with it first, which the
// recorded service does not.
func malformed(m *document.Diagnostic) *api.Error {
	bare := orgapi.ErrMalformedPolicyDocument()
	return bare.Saying(bare.Message + " " + m.Error()).Natively(bare)
}
