package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"accord/internal/seed"
)

func TestSeedsAreMadeAndRefused(t *testing.T) {
	s := open(t)
	const document = `{"version": 1, "organizations": [{"management": {"id": "111111111111", "name": "Management"}, "root": {"accounts": [{"name": "a"}]}}]}`
	for _, c := range []struct {
		query, body string
		status      int
		want        string
	}{
		{"?dryrun=true", document, http.StatusBadRequest, `there is no parameter \"dryrun\"`},
		{"?dry-run=true", document, http.StatusOK, `"dryRun":true,"changes":[{"action":"add"`},
		{"", document, http.StatusOK, `"dryRun":false,"changes":[{"action":"add","kind":"account","name":"Management","id":"111111111111"`},
		{"", document, http.StatusOK, `{"dryRun":false,"changes":[]}`},
		{"?prune=true", strings.Replace(document, `"a"`, `"b"`, 1), http.StatusOK, `"removed from the organization"`},
		{"?replace=true", document, http.StatusOK, `to be made anew`},
		{"?dry-run=true", `{"version": 1, "clock": "2027-01-01T00:00:00Z", "accounts": [{"name": "later"}]}`, http.StatusOK, `"later"`},
		{"", `{"version": 1, "clock": "2027-01-01T00:00:00Z", "organizations": [{"created": "2028-01-01", "management": {"name": "m"}}]}`, http.StatusBadRequest, "accord clock set 2028-01-01T00:00:00Z"},
		{"?prune=perhaps", document, http.StatusBadRequest, `prune: \"perhaps\" is neither true nor false`},
		{"", "{", http.StatusBadRequest, "not valid JSON"},
		{"", strings.Replace(document, "name", "nam", 1), http.StatusBadRequest, "the body:1: organizations[0].management.nam: no such member"},
		{"", strings.Replace(document, `"name": "a"`, `"name": "a", "tags": {"aws:x": "y"}`, 1), http.StatusBadRequest, `"error":"organizations[0].root.accounts[0].tags.aws:x: InvalidInputException`},
		{"", strings.Replace(document, `"name": "a"`, `"file": "/etc/passwd"`, 1), http.StatusBadRequest, "no such member"},
		{"", strings.Replace(document, `"root"`, `"delegationPolicy": {"file": "x"}, "root"`, 1), http.StatusBadRequest, "files cannot be read here"},
	} {
		status, body := s.send(http.MethodPost, "/seed"+c.query, c.body)
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %.60s: %d %s, want %d %s", c.query, c.body, status, body, c.status, c.want)
		}
	}
	if status, body := s.send(http.MethodPost, "/seed", strings.Repeat(" ", seed.MaxSize+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large: %d %s", status, body)
	}
	readOnly := open(t, "admin-writes", "off")
	if status, _ := readOnly.send(http.MethodPost, "/seed", document); status != http.StatusForbidden {
		t.Errorf("a server that is read-only answers %d", status)
	}
	if now := s.Clock.Now(); !now.Equal(start) {
		t.Errorf("the clock was moved to %s", now)
	}
	if status, body := s.send(http.MethodPost, "/seed", `{"version": 1, "clock": "2027-01-01T00:00:00Z", "accounts": [{"name": "later"}]}`); status != http.StatusOK || s.Clock.Now().Year() != 2027 {
		t.Errorf("%d %s, and the clock shows %s", status, body, s.Clock.Now())
	}
	s.want(http.MethodGet, "/init", "", http.StatusOK, `{"completed":true,"scripts":[]}`)
}
