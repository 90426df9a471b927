package policies

import (
	"context"
	"errors"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/quota"
	"accord/internal/service/operation"
)

// Verdict is what CreatePolicy would say of a type and a content.
type Verdict struct {
	// Valid says that it would take them, as far as they are concerned.
	Valid bool `json:"valid"`
	// Size is the number of characters, and Limit the quota of it.
	Size  int64 `json:"size"`
	Limit int64 `json:"limit"`
	// Problems are why it would not, in the order of its checks.
	Problems []Problem `json:"problems"`
}

// Problem is one reason to reject a policy.
type Problem struct {
	// Error is the name of the exception, and Reason its reason, if it has one.
	Error  string `json:"error"`
	Reason string `json:"reason,omitempty"`
	// Message says what is wrong, and how to correct it.
	Message string `json:"message"`
	// Place is nil for a problem of the whole.
	*Place
}

// Place is a range of a content. An empty one is where something is missing.
type Place struct {
	// Path is the JSON path of the value.
	Path string `json:"path"`
	// Lines and columns count from 1, columns in characters. The end is behind the range.
	Line      int `json:"line"`
	Column    int `json:"column"`
	EndLine   int `json:"endLine"`
	EndColumn int `json:"endColumn"`
	// From and To are the same in code units of UTF-16 from 0, as editors count.
	From int `json:"from"`
	To   int `json:"to"`
}

// Judge says what CreatePolicy would say of a type and a content for an account, whose
// organization has quotas of its own; for one in no organization, the defaults are in force.
func Judge(ctx context.Context, runner *operation.Runner, account ident.AccountID, kind org.PolicyType, content string) (*Verdict, error) {
	v := &Verdict{Size: int64(policy.Size(content)), Problems: []Problem{}}
	err := runner.Ask(ctx, account, &orgapi.CreatePolicyRequest{}, func(r *operation.Reader) error {
		if r.Caller.Organization != nil {
			if err := v.note(requirePolicyTypes(r, kind), nil); err != nil {
				return err
			}
		}
		name, organization := quota.PolicySize(kind), r.Caller.OrganizationID()
		var err error
		if v.Limit, err = r.Limit(organization, name, ""); err != nil {
			return err
		}
		if v.Size > v.Limit {
			_ = v.note(r.QuotaExceeded(name, v.Limit), nil)
		}
		if diagnostic, rejection := examine(r, kind, content); diagnostic != nil {
			_ = v.note(rejection.Saying(diagnostic.Message), placed(diagnostic, content))
		}
		return nil
	})
	v.Valid = len(v.Problems) == 0
	return v, err
}

// note takes in a rejection, and returns any other error.
func (v *Verdict) note(err error, at *Place) error {
	var rejection *api.Error
	if errors.As(err, &rejection) {
		v.Problems = append(v.Problems, Problem{Error: rejection.Type, Reason: rejection.Reason, Message: rejection.Message, Place: at})
		return nil
	}
	return err
}

// placed is the place of a diagnostic in a content.
func placed(d *document.Diagnostic, content string) *Place {
	from, to := document.CodeUnits(content, document.Position{Line: d.Line, Column: d.Column}), document.CodeUnits(content, d.End)
	return &Place{Path: d.Path, Line: d.Line, Column: d.Column, EndLine: d.End.Line, EndColumn: d.End.Column, From: from, To: to}
}
