package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"accord/internal/event"
	"accord/internal/ident"
)

// Changes of the admin API have the form of the records of calls, a source and a type of
// their own, and mask what CloudTrail masks in CreateAccount. [AWS: example of
// CreateAccount]
func TestAChangeOfTheAdminAPIIsRecorded(t *testing.T) {
	c := event.Change{
		ID: "c2c0-event", At: at, Name: "UpdateAccount", AskedBy: "unix uid 1000", SourceIP: "unix uid 1000", UserAgent: "curl/8",
		Account: "444455556666", Partition: ident.AWS,
		Parameters: map[string]any{"id": "444455556666", "email": "jane@example.com", "name": "Jane", "state": "SUSPENDED", "n": json.Number("3")},
	}
	same(t, "admin-change.json", c.JSON())
	if strings.Contains(c.JSON(), "jane") || strings.Contains(c.JSON(), "Jane") {
		t.Error("the record holds an address or a name")
	}
	c.Parameters = map[string]any{"message": strings.Repeat("x", 200<<10)}
	if record := decode(t, c.JSON()); record["requestParameters"] != nil {
		t.Error("parameters that are too long are there")
	}
}
