package strictjson_test

import (
	"strings"
	"testing"

	"accord/internal/strictjson"
)

type inner struct {
	Phone bool `json:"phone"`
}

type body struct {
	Name   string `json:"name"`
	Number int    `json:"number"`
	Inner  *inner `json:"inner"`
}

func TestErrorsSayWhatIsWrongAndQuoteNoValue(t *testing.T) {
	for text, want := range map[string]string{
		`{"name":"a","number":1,"inner":{"phone":true}} `: "",
		`{"inner":null}`:                         "",
		``:                                       "a JSON object is expected",
		" \n":                                    "a JSON object is expected",
		`null`:                                   "a JSON object is expected",
		`[]`:                                     "the body: a JSON array is not allowed here",
		`"hunter2"`:                              "the body: a JSON string is not allowed here",
		`{"name":1}`:                             "name: a JSON number is not allowed here",
		`{"number":"hunter2"}`:                   "number: a JSON string is not allowed here",
		`{"number":1.5}`:                         "number: a JSON number is not allowed here",
		`{"inner":{"phone":1}}`:                  "inner.phone: a JSON number is not allowed here",
		`{"inner":{"phon":1}}`:                   `unknown member "phon"`,
		`{"Name":"a"}`:                           `unknown member "Name"`,
		`{"name":"a","name":"b"}`:                `member "name" appears twice`,
		`{"name":"a"} {}`:                        "not valid JSON at byte 13: invalid character '{' after top-level value",
		`{"name":"hunter2`:                       "not valid JSON at byte 16: unexpected EOF",
		"{\"name\":\"\xff\"}":                    "not valid JSON at byte 9: invalid UTF-8",
		`{"name":"\ud800"}`:                      "not valid JSON at byte 9: invalid surrogate pair `\\ud800\"}` in string",
		`{"` + strings.Repeat("n", 200) + `":1}`: `unknown member "` + strings.Repeat("n", 80) + `"`,
	} {
		var into body
		got := ""
		if err := strictjson.Decode([]byte(text), &into); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.40q: %s, want %s", text, got, want)
		}
	}
}
