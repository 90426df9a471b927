package policy_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
)

// recording holds documents with a known result: accepted or rejected, and the
// stored form.
type recording struct {
	Admission []struct {
		ID, What, Mark string
		PolicyType     org.PolicyType
		At             *time.Time
		Content        string
		Accepted       bool
		Management     ident.AccountID
	}
	Stored []struct {
		ID, Operation, Sent, Stored string
		PolicyType                  org.PolicyType
	}
}

func readRecording(t testing.TB) recording {
	t.Helper()
	content, err := os.ReadFile("testdata/admission.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// anyDay is the time of requests whose result does not depend on it.
var anyDay = time.Date(2026, 9, 13, 10, 20, 30, 0, time.UTC)

func TestAdmission(t *testing.T) {
	vectors := readRecording(t).Admission
	if len(vectors) != 578 {
		t.Fatalf("%d documents, want 578", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			now := anyDay
			if v.At != nil {
				now = *v.At
			}
			diagnostic := policy.Check(v.PolicyType, v.Content, policy.Options{Now: now, Management: v.Management})
			switch {
			case v.Accepted && diagnostic != nil:
				t.Errorf("%s, %s, rejected: %v\n%s", v.What, v.Mark, diagnostic, v.Content)
			case !v.Accepted && diagnostic == nil:
				t.Errorf("%s, %s, accepted\n%s", v.What, v.Mark, v.Content)
			case diagnostic != nil:
				checkPosition(t, v.Content, diagnostic.Line, diagnostic.Column, diagnostic.Path, diagnostic.Message)
			}
		})
	}
}

// checkPosition checks that the position of a diagnostic is in the document.
func checkPosition(t *testing.T, content string, line, column int, path, message string) {
	t.Helper()
	lines := strings.Split(content, "\n")
	if line < 1 || line > len(lines) || column < 1 || column > len([]rune(lines[line-1]))+1 {
		t.Errorf("the diagnostic is at %d:%d, outside the document", line, column)
	}
	if !strings.HasPrefix(path, "$") || message == "" {
		t.Errorf("path %q, problem %q", path, message)
	}
}

func TestStoredDocuments(t *testing.T) {
	vectors := readRecording(t).Stored
	if len(vectors) != 3 {
		t.Fatalf("%d stored forms, want 3", len(vectors))
	}
	for _, v := range vectors {
		var got string
		if v.Operation == "PutResourcePolicy" {
			all := func(ident.AccountID) bool { return true }
			d, rejection := policy.CheckDelegation(v.Sent, ident.Owner{Partition: ident.AWS, Management: "111111111111", Organization: "o-exampleorgid"}, all, nobody)
			if rejection != nil {
				t.Errorf("%s: %v", v.ID, rejection.Diagnostic)
				continue
			}
			got = d.Stored
		} else {
			got = policy.Stored(v.PolicyType, v.Sent)
		}
		if got != v.Stored {
			t.Errorf("%s:\n got %s\nwant %s", v.ID, got, v.Stored)
		}
	}
}
