package awsjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"accord/internal/api"
)

// FuzzDecode holds that no body makes the decoder panic, that a refusal is
// always the client's, and that what was read is text a database takes and
// means the same to an independent decoder once it is written again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", "[]", `{"Notes":"a\u0000"}`, `{"Notes":"\\u0000"}`, `{"Notes":null,"Notes":1}`,
		`{"Target":{"Id":"1","Type":"EMAIL"},"Limit":3,"Dry":true,"Start":1.5e9,"Tags":[{"Key":"k"}],"States":["OPEN"]}`,
		"{\"Notes\":\"\xff\"}", `{"Limit":1e99999}`, `{"a":` + strings.Repeat("[", 120), `{} {}`, `{"Start":-0.0001}`, `{"Tags":[null]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		in, err := decode(t, body)
		if err != nil {
			var apiErr *api.Error
			if !errors.As(err, &apiErr) || apiErr.Status >= 500 {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if in.Notes != nil && (!utf8.ValidString(*in.Notes) || strings.ContainsRune(*in.Notes, 0)) {
			t.Errorf("%q was read as %q", body, *in.Notes)
		}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatalf("%q cannot be written again: %v", body, err)
		}
		var again inviteRequest
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%q was written as %s: %v", body, text, err)
		}
		if in.Notes != nil && *again.Notes != *in.Notes || len(again.Tags) != len(in.Tags) {
			t.Errorf("%q was written as %s", body, text)
		}
	})
}
