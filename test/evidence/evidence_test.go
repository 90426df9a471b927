package evidence_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/evidence"
)

func TestRecordsAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes")
	t.Setenv(evidence.Variable, path)
	evidence.Note("ListRoots", evidence.Success)
	evidence.Note("ListRoots", evidence.Success)
	evidence.Note("ListRoots", evidence.Error("InvalidInputException", "MAX_VALUE_EXCEEDED:MAX_RESULTS"))
	evidence.Note("DescribeAccount", evidence.Error("AccountNotFoundException", ""))
	got, err := evidence.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	want := evidence.Shown{
		"ListRoots":       {"success": true, "InvalidInputException MAX_VALUE_EXCEEDED": true},
		"DescribeAccount": {"AccountNotFoundException": true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNothingIsRecordedWithoutAFile(t *testing.T) {
	t.Setenv(evidence.Variable, "")
	evidence.Note("ListRoots", evidence.Paging)
}
