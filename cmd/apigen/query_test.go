package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the fixture of awsquery")

// fixture is a model with all that a shape of the query protocol can hold; STS has
// only some of it.
const fixture = `{
	"service": {"name": "fixture", "protocol": "query"},
	"operations": {
		"Assume": {"input": "AssumeRequest", "output": "AssumeResponse", "resultWrapper": "AssumeResult"},
		"Forget": {},
		"Rest": {"output": "nothing", "resultWrapper": "RestResult"}
	},
	"shapes": {
		"AssumeRequest": {"type": "structure", "members": [
			{"name": "RoleArn", "shape": "text"},
			{"name": "DurationSeconds", "shape": "number"},
			{"name": "Dry", "shape": "boolean"},
			{"name": "Since", "shape": "time"},
			{"name": "Tags", "shape": "tags"},
			{"name": "TransitiveTagKeys", "shape": "texts"},
			{"name": "Policy", "shape": "policy"},
			{"name": "Mode", "shape": "mode"},
			{"name": "Numbers", "shape": "numbers"},
			{"name": "Times", "shape": "times"}
		]},
		"AssumeResponse": {"type": "structure", "members": [
			{"name": "Credentials", "shape": "credentials"},
			{"name": "PackedPolicySize", "shape": "number"},
			{"name": "Done", "shape": "boolean"},
			{"name": "Names", "shape": "texts"},
			{"name": "Tags", "shape": "tags"},
			{"name": "Mode", "shape": "mode"},
			{"name": "Modes", "shape": "modes"},
			{"name": "Numbers", "shape": "numbers"},
			{"name": "Times", "shape": "times"},
			{"name": "Nothing", "shape": "nothing"}
		]},
		"credentials": {"type": "structure", "members": [{"name": "AccessKeyId", "shape": "text"}, {"name": "Expiration", "shape": "time"}]},
		"policy": {"type": "structure", "members": [{"name": "arn", "shape": "text"}, {"name": "Tags", "shape": "tags"}]},
		"tag": {"type": "structure", "members": [{"name": "Key", "shape": "text"}, {"name": "Value", "shape": "text"}]},
		"nothing": {"type": "structure"},
		"tags": {"type": "list", "member": "tag"},
		"texts": {"type": "list", "member": "text"},
		"modes": {"type": "list", "member": "mode"},
		"numbers": {"type": "list", "member": "number"},
		"times": {"type": "list", "member": "time"},
		"text": {"type": "string"},
		"mode": {"type": "string", "enum": ["ON", "OFF"]},
		"number": {"type": "integer"},
		"boolean": {"type": "boolean"},
		"time": {"type": "timestamp"}
	}
}`

// The tests of awsquery use the code that the generator emits for the fixture; go
// test ./cmd/apigen -update writes it.
func TestTheFixtureOfTheQueryProtocolIsUpToDate(t *testing.T) {
	m := new(Model)
	if err := json.Unmarshal([]byte(fixture), m); err != nil {
		t.Fatal(err)
	}
	for name, emit := range map[string]func(*Model, string) *source{
		"types_gen_test.go": (*Model).types,
		"enums_gen_test.go": (*Model).enums,
		"query_gen_test.go": (*Model).query,
	} {
		fresh, err := emit(m, "awsquery_test").formatted()
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.Join("../../internal/protocol/awsquery", name)
		if *update {
			if err := os.WriteFile(name, fresh, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(committed), string(fresh)); diff != "" {
			t.Errorf("%s differs (-committed +fresh):\n%s", name, diff)
		}
	}
}
