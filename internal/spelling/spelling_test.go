package spelling_test

import (
	"strings"
	"testing"

	"accord/internal/spelling"
)

func TestUnknownSuggestsSimilarNames(t *testing.T) {
	names := []string{"wire-style", "direct-transfer", "created-account-wait", "created-account-state", "email-verification", "on"}
	for _, test := range []struct{ given, want string }{
		{"wire-stile", `unknown behavior "wire-stile"; did you mean wire-style?`},
		{"WIRE_STYLE", `unknown behavior "WIRE_STYLE"; did you mean wire-style?`},
		{"transfer", `unknown behavior "transfer"; did you mean direct-transfer?`},
		{"created-account-stat", `unknown behavior "created-account-stat"; did you mean created-account-state or created-account-wait?`},
		{"color", `unknown behavior "color"; docs/settings.md lists all names`},
		{"", `unknown behavior ""; docs/settings.md lists all names`},
	} {
		if got := spelling.Unknown("behavior", test.given, names).Error(); got != test.want {
			t.Errorf("%q: got %s\nwant %s", test.given, got, test.want)
		}
	}
}

func TestSuggestIgnoresCase(t *testing.T) {
	names := []string{"CreateAccount", "CreatePolicy", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"}
	for given, want := range map[string]string{
		"createacount":       "; did you mean CreateAccount?",
		"CREATEPOLICI":       "; did you mean CreatePolicy?",
		"ACCOUNT_NUMBER_LIM": "; did you mean ACCOUNT_NUMBER_LIMIT_EXCEEDED?",
		"Leave":              "",
	} {
		if got := spelling.Suggest(given, names); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func TestUnknownSuggestsThreeNamesAtMost(t *testing.T) {
	got := spelling.Unknown("quota", "policies-x", []string{"policies-a", "policies-b", "policies-c", "policies-d"}).Error()
	if want := `unknown quota "policies-x"; did you mean policies-a, policies-b or policies-c?`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestUnknownStaysShort(t *testing.T) {
	got := spelling.Unknown("behavior", strings.Repeat("x", 1<<20), []string{"wire-style"}).Error()
	if len(got) > 200 {
		t.Errorf("an answer of %d bytes", len(got))
	}
}
