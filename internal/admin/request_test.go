package admin_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestBodiesThatTwoReadersReadDifferentlyAreRefused, as on the API. The control is the
// decoder of the standard library, which reads each of them.
func TestBodiesThatTwoReadersReadDifferentlyAreRefused(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	bodies := []struct{ method, path, body string }{
		{"POST", "/accounts", `{"id":"222222222222","id":"333333333333"}`},
		{"POST", "/accounts", `{"id":"222222222222","\u0069d":"333333333333"}`},
		{"POST", "/accounts", `{"ID":"222222222222"}`},
		{"POST", "/accounts", `{"id":"222222222222","Id":"333333333333"}`},
		{"POST", "/accounts", "{\"id\":\"222222222222\",\"name\":\"\xff\"}"},
		{"POST", "/accounts", "{\"id\":\"222222222222\",\"name\":\"\xed\xa0\x80\"}"},
		{"POST", "/accounts", `{"id":"222222222222","name":"\ud800"}`},
		{"POST", "/accounts", `{"id":"222222222222","email":"\udc00@example.com"}`},
		{"PATCH", "/accounts/111111111111", `{"readiness":{"phone":true,"phone":false}}`},
		{"PATCH", "/accounts/111111111111", `{"readiness":{"Phone":false}}`},
		{"PATCH", "/accounts/111111111111", `{"State":"SUSPENDED"}`},
		{"POST", "/clock", `{"advance":"1h","advance":"2h"}`},
		{"POST", "/clock", `{"Advance":"1h"}`},
		{"PUT", "/organizations/o-0000000000/quotas", `{"unit-depth":1,"unit-depth":2}`},
		{"POST", "/faults", `{"cut":"before","cut":"after"}`},
		{"POST", "/faults", `{"Cut":"before"}`},
		{"POST", "/faults", `{"exception":"ServiceException","message":"\ud800"}`},
	}
	before, _ := json.Marshal([]any{s.members("GET", "/accounts", ""), s.members("GET", "/faults", ""), s.members("GET", "/clock", "")})
	for _, b := range bodies {
		if status, text := s.send(b.method, b.path, b.body); status != 400 {
			t.Errorf("%s %s %q: %d %s", b.method, b.path, b.body, status, text)
		}
		var any map[string]any
		if err := json.Unmarshal([]byte(b.body), &any); err != nil {
			t.Errorf("the control does not read %q: %v", b.body, err)
		}
	}
	if after, _ := json.Marshal([]any{s.members("GET", "/accounts", ""), s.members("GET", "/faults", ""), s.members("GET", "/clock", "")}); string(after) != string(before) {
		t.Errorf("they changed\n%s\nto\n%s", before, after)
	}
	t.Logf("evidence: %d bodies refused, nothing changed; the standard decoder reads all of them", len(bodies))
}

// TestTextsOfFaultsAreBounded: a thousand faults with texts of the longest body would
// take a gigabyte.
func TestTextsOfFaultsAreBounded(t *testing.T) {
	s := open(t)
	fault := func(size int) string {
		return `{"exception":"ServiceException","message":"` + strings.Repeat("x", size) + `"}`
	}
	s.want("POST", "/faults", fault(4097), 400, `{"error":"fault: a message has at most 4096 bytes"}`)
	s.want("POST", "/faults", fault(900_000), 413, `{"error":"the body exceeds 65536 bytes"}`)
	for n := range 1001 {
		status, text := s.send("POST", "/faults", fault(4096))
		if want := map[bool]int{true: 200, false: 400}[n < 1000]; status != want {
			t.Fatalf("fault %d: %d %s", n, status, text)
		}
	}
	_, list := s.send("GET", "/faults", "")
	if most := 5 << 20; len(list) > most {
		t.Errorf("the full table takes %d bytes", len(list))
	}
	t.Logf("evidence: the full table takes %d kB; texts of 900 kB, of which it held 900 MB before, are refused", len(list)>>10)
}
