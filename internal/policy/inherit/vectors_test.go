package inherit_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/ident"
	"accord/internal/policy/inherit"
)

// anyTime is the time of vectors that depend on none.
var anyTime = time.Date(2026, 9, 13, 8, 0, 0, 0, time.UTC)

// entity is a level of a vector.
type entity struct {
	Entity   string            `json:"entity"`
	Policies []json.RawMessage `json:"policies"`
}

// levelsOf names each policy by its entity and index, as in account[0].
func levelsOf(entities []entity) []testLevel {
	levels := make([]testLevel, len(entities))
	for i, e := range entities {
		for j, content := range e.Policies {
			id := e.Entity + "[" + strconv.Itoa(j) + "]"
			levels[i].Policies = append(levels[i].Policies, testPolicy{ID: id, Content: string(content)})
		}
	}
	return levels
}

func read(t testing.TB, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

type mergeVector struct {
	ID         string   `json:"id"`
	What       string   `json:"what"`
	PolicyType string   `json:"policyType"`
	Levels     []entity `json:"levels"`
	Expected   any      `json:"expected"`
	// Management is the management account of the organization, where it matters.
	Management ident.AccountID `json:"management"`
}

func mergeVectors(t testing.TB) (vectors []mergeVector) {
	read(t, "testdata/merge.json", &vectors)
	if len(vectors) != 87 {
		t.Fatalf("%d vectors, want 87", len(vectors))
	}
	return vectors
}

func TestMergesAreAsRecordedAndPublished(t *testing.T) {
	for _, v := range mergeVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			admissible(t, v.PolicyType, v.Management, v.Levels)
			result := merge(v.PolicyType, levelsOf(v.Levels), anyTime)
			var got any
			if err := json.Unmarshal([]byte(result.Document), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.Expected, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", v.What, diff)
			}
			if !result.Valid() {
				t.Errorf("errors: %+v", result.Errors)
			}
		})
	}
}

// admissible checks that the policies of a vector can be saved.
func admissible(t *testing.T, policyType string, management ident.AccountID, levels []entity) {
	t.Helper()
	for _, level := range levels {
		for _, content := range level.Policies {
			if diagnostic := schemaOf(policyType).Check(string(content), inherit.Facts{Now: anyTime, Management: management}); diagnostic != nil {
				t.Errorf("the document is rejected: %v", diagnostic)
			}
		}
	}
}

func TestReportsAreAsRecordedAndPublished(t *testing.T) {
	var vectors []struct {
		ID         string   `json:"id"`
		PolicyType string   `json:"policyType"`
		Levels     []entity `json:"levels"`
		Management ident.AccountID
		Errors     []struct {
			ErrorCode, ErrorMessage, PathToError string
			Contributing                         []string `json:"contributing"`
		} `json:"errors"`
	}
	read(t, "testdata/reports.json", &vectors)
	if len(vectors) != 21 {
		t.Fatalf("%d vectors, want 21", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			admissible(t, v.PolicyType, v.Management, v.Levels)
			var want, got []inherit.Error
			for _, e := range v.Errors {
				slices.Sort(e.Contributing)
				want = append(want, inherit.Error{
					ErrorCode: e.ErrorCode, ErrorMessage: e.ErrorMessage, PathToError: e.PathToError, ContributingPolicies: e.Contributing,
				})
			}
			for _, e := range merge(v.PolicyType, levelsOf(v.Levels), anyTime).Errors {
				slices.Sort(e.ContributingPolicies)
				got = append(got, e)
			}
			for _, errors := range [][]inherit.Error{want, got} {
				slices.SortFunc(errors, func(a, b inherit.Error) int { return strings.Compare(a.ErrorMessage, b.ErrorMessage) })
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

type admissionVector struct {
	ID         string    `json:"id"`
	What       string    `json:"what"`
	PolicyType string    `json:"policyType"`
	Content    string    `json:"content"`
	Accepted   bool      `json:"accepted"`
	At         time.Time `json:"at"`
	Management ident.AccountID
}

// admissionVectors are those of the management policy types.
func admissionVectors(t testing.TB) (vectors []admissionVector) {
	var file struct {
		Admission []admissionVector `json:"admission"`
	}
	read(t, "../testdata/admission.json", &file)
	for _, v := range file.Admission {
		if schemaOf(v.PolicyType) != nil {
			if v.At.IsZero() {
				v.At = anyTime
			}
			vectors = append(vectors, v)
		}
	}
	if len(vectors) != 512 {
		t.Fatalf("%d vectors, want 512", len(vectors))
	}
	return vectors
}

func TestVerdictsAreAsRecordedAndPublished(t *testing.T) {
	for _, v := range admissionVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			diagnostic := schemaOf(v.PolicyType).Check(v.Content, inherit.Facts{Now: v.At, Management: v.Management})
			if accepted := diagnostic == nil; accepted != v.Accepted {
				t.Errorf("accepted = %v, want %v (%s)\n%s\nmistake: %v", accepted, v.Accepted, v.What, v.Content, diagnostic)
			}
			if testing.Verbose() && diagnostic != nil {
				t.Log(v.Content, "\n", diagnostic)
			}
		})
	}
}
