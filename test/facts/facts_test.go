package facts_test

import (
	"testing"

	"accord/internal/api/orgapi"
	"accord/test/facts"
)

func organizations(t *testing.T) *facts.Service {
	t.Helper()
	s, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheModelIsThatOfTheServer(t *testing.T) {
	s := organizations(t)
	if len(s.Operations) != 63 || len(orgapi.Operations) != 63 {
		t.Errorf("%d operations in the model, %d in the server, want 63", len(s.Operations), len(orgapi.Operations))
	}
	for _, name := range s.Names() {
		if s.Access[name].Standing == "" {
			t.Errorf("%s has no standing in access.json", name)
		}
		if got, want := len(s.Operations[name].Errors), len(orgapi.Operations[name].Errors); got != want {
			t.Errorf("%s: %d exceptions in the model, %d in the server", name, got, want)
		}
	}
}

func TestPatternsMatchWholeStrings(t *testing.T) {
	s := organizations(t)
	for _, test := range []struct {
		shape, text string
		want        bool
	}{
		{"ParentId", "r-abcd", true},
		{"ParentId", "ou-abcd-12345678", true},
		{"ParentId", "r-abcd ", false},
		{"ParentId", "xou-abcd-12345678", false},
		{"TaggableResourceId", "p-12345678", true},
		{"TaggableResourceId", "xp-12345678", false},
		{"Email", "$^a@example.com", true},
		{"Email", "a@example.com\n", false},
		{"CreateAccountName", "a b~", true},
		{"CreateAccountName", "é", false},
		{"TagKey", "é b", true},
		{"TagKey", "a!b", false},
	} {
		if got := s.Shapes[test.shape].Whole().MatchString(test.text); got != test.want {
			t.Errorf("%s %q: %v", test.shape, test.text, got)
		}
	}
}

func TestSuffixesAreTheRecordedOnes(t *testing.T) {
	for want, path := range map[string]facts.Path{
		"HANDSHAKE_ID":               {"HandshakeId"},
		"FILTER_PARENT_HANDSHAKE_ID": {"Filter", "ParentHandshakeId"},
		"TAGS_1_MEMBER_VALUE":        {"Tags", 0, "Value"},
		"STATES_2_MEMBER":            {"States", 1},
	} {
		if got := path.Suffix(); got != want {
			t.Errorf("%v: %s, want %s", path, got, want)
		}
	}
}
