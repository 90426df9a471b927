package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sound is a small model in which everything fits.
var sound = map[string]string{
	"pets.json": `{
		"service": {"name": "pets", "apiVersion": "2026-01-01", "protocol": "json"},
		"operations": {
			"ListPets": {"input": "ListPetsRequest", "output": "ListPetsResponse", "page": "Pets", "errors": ["InvalidInputException"]},
			"Rest": {"errors": []}
		},
		"shapes": {
			"ListPetsRequest": {"type": "structure", "order": ["Kind", "NextToken"], "members": [
				{"name": "NextToken", "shape": "Token"},
				{"name": "Kind", "shape": "Kind", "required": true, "reasons": {"enum": "INVALID_ENUM"}}
			], "checks": [{"check": "kind", "members": ["Kind"]}]},
			"ListPetsResponse": {"type": "structure", "members": [{"name": "NextToken", "shape": "Token"}, {"name": "Pets", "shape": "Pets"}]},
			"Pets": {"type": "list", "member": "Token"},
			"Token": {"type": "string", "pattern": "[a-z]+"},
			"Kind": {"type": "string", "enum": ["CAT", "DOG"]},
			"InvalidInputException": {"type": "structure", "exception": true, "members": [{"name": "Reason", "shape": "InvalidInputExceptionReason"}]},
			"InvalidInputExceptionReason": {"type": "string", "enum": ["INVALID_ENUM"]}
		}
	}`,
	"access.json":   `{"pets": {"ListPets": {"standing": "anyone", "level": "List"}, "Rest": {"standing": "member", "level": "Write"}}}`,
	"messages.json": `{"pets": {"InvalidInputException": {"reasons": {"INVALID_ENUM": {"text": "No.", "source": "own"}}}}}`,
}

// load writes the sound model with one replacement and reads it.
func load(t *testing.T, file, old, new string) error {
	t.Helper()
	folder := t.TempDir()
	for name, text := range sound {
		if name == file {
			if !strings.Contains(text, old) {
				t.Fatalf("%s has no %s", file, old)
			}
			text = strings.Replace(text, old, new, 1)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Load(folder, "pets")
	return err
}

func TestASoundModelLoads(t *testing.T) {
	if err := load(t, "", "", ""); err != nil {
		t.Error(err)
	}
}

func TestAModelThatDoesNotFitIsRefused(t *testing.T) {
	for _, r := range []struct{ file, old, new, want string }{
		{"pets.json", `"input": "ListPetsRequest"`, `"input": "Nothing"`, "ListPets: Nothing is not a structure"},
		{"pets.json", `"Rest": {"errors"`, `"Rest": {"input": "ListPetsRequest", "errors"`, "Rest: ListPetsRequest is the input of ListPets"},
		{"pets.json", `"errors": ["InvalidInputException"]`, `"errors": ["Token"]`, "ListPets: Token is not an exception"},
		{"pets.json", `"page": "Pets"`, `"page": "Dogs"`, "ListPets: lacks NextToken or Dogs"},
		{"pets.json", `"shape": "Token"`, `"shape": "Tokn"`, `ListPetsRequest.NextToken: unknown shape "Tokn"`},
		{"pets.json", `"member": "Token"`, `"member": "Tokn"`, `Pets: unknown member shape "Tokn"`},
		{"pets.json", `[a-z]+`, `[a-z`, "Token: error parsing regexp"},
		{"pets.json", `"required": true`, `"requierd": true`, `unknown field "requierd"`},
		{"pets.json", `{"enum": "INVALID_ENUM"}`, `{"enmu": "INVALID_ENUM"}`, `unknown kind of constraint "enmu"`},
		{"pets.json", `{"enum": "INVALID_ENUM"}`, `{"enum": "INVALID"}`, `unknown reason "INVALID"`},
		{"pets.json", `{"enum": "INVALID_ENUM"}`, `{"enum": {"nativ": "INVALID_ENUM"}}`, `unknown field "nativ"`},
		{"pets.json", `"order": ["Kind", "NextToken"]`, `"order": ["Kind"]`, "order does not name each member once"},
		{"pets.json", `"members": ["Kind"]`, `"members": ["Sort"]`, "check kind names the unknown member Sort"},
		{"pets.json", `"member": "Token"`, `"member": "Pets"`, "Pets: a list of lists"},
		{"pets.json", `"shape": "Pets"`, `"shape": "Pets", "event": "lowercase"`, `ListPetsResponse.Pets: event records cannot show a Pets as "lowercase"`},
		{"pets.json", `"shape": "Pets"`, `"shape": "Pets", "event": "loud"`, `ListPetsResponse.Pets: event records cannot show a Pets as "loud"`},
		{"pets.json", `"shape": "Kind"`, `"shape": "Kind", "event": "always"`, `ListPetsRequest.Kind: event records cannot show a Kind as "always"`},
		{"pets.json", `"shape": "Kind"`, `"shape": "Kind", "event": "clear"`, `ListPetsRequest.Kind: event records cannot show a Kind as "clear"`},
		{"pets.json", `"type": "list"`, `"type": "set"`, `unknown type "set"`},
		{"pets.json", `"Rest": {"errors"`, `"Rest": {"resultWrapper": "RestResult", "errors"`, `Rest: resultWrapper "RestResult" does not fit its output`},
		{"pets.json", `"protocol": "json"`, `"protocol": "query"`, `ListPets: resultWrapper "" does not fit its output`},
		{"access.json", `"standing": "member"`, `"standing": "nobody"`, `standing "nobody"`},
		{"access.json", `"Rest"`, `"Resy"`, "Rest: no entry in access.json"},
		{"messages.json", `"text": "No."`, `"text": ""`, "InvalidInputException INVALID_ENUM needs a text"},
		{"messages.json", `"INVALID_ENUM"`, `"INVALID"`, "InvalidInputException has no reason INVALID"},
	} {
		if err := load(t, r.file, r.old, r.new); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s with %s: got %v, want %s", r.file, r.new, err, r.want)
		}
	}
}
