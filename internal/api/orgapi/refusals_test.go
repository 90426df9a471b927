package orgapi_test

import (
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// TestReasonsAreExplained: a reason that comes from the state gets its member and rule;
// what a check found out about the member stays.
func TestReasonsAreExplained(t *testing.T) {
	e := orgapi.Explained(orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonInvalidNextToken).RaisedBy("x"))
	if e.Member != "NextToken" || e.Rule == "" || e.Reason != "INVALID_NEXT_TOKEN" || e.Setting != "x" {
		t.Errorf("%+v", e)
	}
	if e := orgapi.Explained(orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonImmutablePolicy).About("ResourceId", "is not taggable")); e.Member != "ResourceId" || e.Rule != "is not taggable" {
		t.Errorf("%+v", e)
	}
	for _, other := range []*api.Error{orgapi.ErrAccountNotFound(), api.UnrecognizedClient()} {
		if e := orgapi.Explained(other); e != other {
			t.Errorf("%+v", e)
		}
	}
}
