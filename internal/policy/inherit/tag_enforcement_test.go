package inherit_test

import (
	"testing"
	"time"

	"accord/internal/org"
	"accord/internal/policy/inherit"
)

func TestCheckTags(t *testing.T) {
	const account, unit = "organizations:account", "organizations:ou"
	effective := merge("TAG_POLICY", []testLevel{
		{Policies: []testPolicy{{ID: "p-1", Content: `{"tags": {
			"Team": {
				"tag_key": {"@@assign": "Team"},
				"tag_value": {"@@assign": ["Red", "Blue*", "a*z"]},
				"enforced_for": {"@@assign": ["organizations:account", "s3:bucket"]}
			},
			"Stage": {
				"tag_key": {"@@assign": "STAGE"},
				"enforced_for": {"@@assign": ["organizations:ALL_SUPPORTED"]}
			},
			"Free": {"tag_key": {"@@assign": "Free"}, "tag_value": {"@@assign": ["x"]}},
			"Bucket": {"tag_key": {"@@assign": "Bucket"}, "enforced_for": {"@@assign": ["s3:ALL_SUPPORTED"]}},
			"Empty": {
				"tag_key": {"@@assign": "Empty"}, "tag_value": {"@@assign": []},
				"enforced_for": {"@@assign": ["organizations:account"]}
			}
		}}`}}},
	}, time.Time{})
	if !effective.Valid() {
		t.Fatal(effective.Errors)
	}
	for _, c := range []struct {
		on, key, value string
		want           string
	}{
		{account, "Team", "Red", ""},
		{account, "Team", "Blue", ""},
		{account, "Team", "Bluebell", ""},
		{account, "Team", "az", ""},
		{account, "Team", "a to z", ""},
		{account, "Team", "a", `the key "Team" does not allow the value "a"`},
		{account, "Team", "red", `the key "Team" does not allow the value "red"`},
		{account, "Team", "", `the key "Team" does not allow the value ""`},
		{account, "team", "Red", `the key "team" must be written "Team"`},
		{unit, "team", "green", ""},
		{unit, "STAGE", "anything", ""},
		{account, "Stage", "anything", `the key "Stage" must be written "STAGE"`},
		{unit, "stage", "", `the key "stage" must be written "STAGE"`},
		{account, "free", "y", ""},
		{account, "bucket", "y", ""},
		{account, "Empty", "y", `the key "Empty" does not allow the value "y"`},
		{account, "Empty", "", `the key "Empty" does not allow the value ""`},
		{unit, "Empty", "y", ""},
		{account, "other", "y", ""},
	} {
		tags := []org.Tag{{Key: "unknown", Value: "to the policy"}, {Key: c.key, Value: c.value}}
		if got := inherit.CheckTags(effective.Document, c.on, tags); got != c.want {
			t.Errorf("%s=%s on %s: %q, want %q", c.key, c.value, c.on, got, c.want)
		}
	}
	for _, nothing := range []string{"{}", "", "no policy", `{"tags":null}`, `{"tags":{"team":[]}}`} {
		if got := inherit.CheckTags(nothing, account, []org.Tag{{Key: "team", Value: "Red"}}); got != "" {
			t.Errorf("%s: %q", nothing, got)
		}
	}
}
