package admin_test

import (
	"strings"
	"testing"
)

func TestOrganizationsAreListed(t *testing.T) {
	s := open(t)
	s.want("GET", "/organizations", "", 200, `{"organizations":[]}`)
	first, second := s.organization("111111111111"), s.organization("222222222222")
	if first > second {
		first, second = second, first
	}
	page := s.members("GET", "/organizations?limit=1", "")
	if got := page["organizations"].([]any)[0].(map[string]any); got["id"] != first || got["featureSet"] != "ALL" || page["next"] != first {
		t.Errorf("the first page is %v", page)
	}
	page = s.members("GET", "/organizations?after="+first, "")
	if got := page["organizations"].([]any); len(got) != 1 || got[0].(map[string]any)["id"] != second || page["next"] != nil {
		t.Errorf("the second page is %v", page)
	}
}

// TestRecordsOfChangesAreKeptWithoutAJournal, and are listed in both directions.
func TestRecordsOfChangesAreKeptWithoutAJournal(t *testing.T) {
	s := open(t)
	s.want("GET", "/records", "", 200, `{"records":[]}`)
	s.organization("111111111111")
	list := func(query string) (sequences []string, names []string) {
		for _, r := range s.members("GET", "/records"+query, "")["records"].([]any) {
			r := r.(map[string]any)
			sequences = append(sequences, r["sequence"].(string))
			names = append(names, r["record"].(map[string]any)["eventName"].(string))
		}
		return sequences, names
	}
	sequences, names := list("?after=0")
	if len(names) < 3 || names[0] != "CreateOrganization" {
		t.Fatalf("from the oldest on: %v", names)
	}
	_, rest := list("?after=" + sequences[0])
	_, newest := list("?limit=1")
	_, before := list("?before=" + sequences[1])
	if strings.Join(rest, " ") != strings.Join(names[1:], " ") || newest[0] != names[len(names)-1] || len(before) != 1 || before[0] != names[0] {
		t.Errorf("%v, after the first %v, the newest %v, before the second %v", names, rest, newest, before)
	}
	s.want("GET", "/records?after=x", "", 400, `{"error":"after: \"x\" is not a sequence"}`)
	s.want("GET", "/records?before=-1", "", 400, `{"error":"before: \"-1\" is not a sequence"}`)
}

func TestPlannedJobsAreListed(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	s.call("111111111111", "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "222222222222"}}`)
	var kinds []string
	for _, j := range s.members("GET", "/jobs", "")["jobs"].([]any) {
		kinds = append(kinds, j.(map[string]any)["kind"].(string))
	}
	if got := strings.Join(kinds, ", "); !strings.Contains(got, "handshake expires") {
		t.Errorf("planned are %s", got)
	}
	s.want("GET", "/jobs?limit=0", "", 400, `{"error":"limit: \"0\" is not a number from 1 to 1000"}`)
}

// TestJobsBeyondTheLastYearAreNotListed: an invitation that is made on the last day of the clock
// expires in a year that no answer can show. The control is one of the day before.
func TestJobsBeyondTheLastYearAreNotListed(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	// In this order: the clock does not go back.
	for _, test := range []struct {
		day  string
		want int
	}{{"9999-12-01", 1}, {"9999-12-31", 0}} {
		s.send("POST", "/reset", "")
		s.organization("111111111111")
		s.send("POST", "/clock", `{"set":"`+test.day+`"}`)
		s.call("111111111111", "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "222222222222"}}`)
		listed := 0
		for _, j := range s.members("GET", "/jobs", "")["jobs"].([]any) {
			if j.(map[string]any)["kind"] == "handshake expires" {
				listed++
			}
		}
		if listed != test.want {
			t.Errorf("%s: %d listed, want %d", test.day, listed, test.want)
		}
	}
}

func TestAnAccountIsFoundByItsAddress(t *testing.T) {
	s := open(t)
	s.want("GET", "/accounts?email=bob@example.com", "", 200, `{"accounts":[]}`)
	s.send("POST", "/accounts", `{"id": "222222222222", "email": "bob@example.com"}`)
	found := s.members("GET", "/accounts?email=BOB@example.com", "")["accounts"].([]any)
	if len(found) != 1 || found[0].(map[string]any)["id"] != "222222222222" {
		t.Errorf("found %v", found)
	}
}
