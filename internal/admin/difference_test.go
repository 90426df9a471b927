package admin_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTwoStatesAreCompared, also where the admin API is read-only: it changes nothing.
func TestTwoStatesAreCompared(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	if status, body := s.send(http.MethodPost, "/snapshots", `{"name": "base"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	s.organization("222222222222")
	_, file := s.send(http.MethodGet, "/snapshot", "")
	const seed = `{"version": 1, "accounts": [{"id": "555555555555", "name": "Erin"}]}`
	for _, c := range []struct {
		method, query, body string
		status              int
		want                string
	}{
		{"GET", "?a=now&b=now", "", 200, `{"a":"now","b":"now","changes":[],"counts":{},"more":0}`},
		{"GET", "?a=base&b=now", "", 200, `"counts":{"added":3}`}, {"GET", "?a=snapshot:base&b=base", "", 200, `"changes":[]`},
		{"GET", "?a=base&b=now&limit=1", "", 200, `"counts":{"added":3},"more":2}`}, {"GET", "?a=base&b=now&limit=0", "", 400, "limit"},
		{"GET", "?a=base", "", 400, "b is missing"}, {"GET", "?a=bas&b=now", "", 404, "there is no such snapshot"},
		{"GET", "?a=file&b=now", "", 400, "a: a file is compared with POST"}, {"POST", "?a=file&b=file", seed, 400, "and not both"},
		{"POST", "?a=now&b=file", seed, 200, `"name":"Erin"`}, {"POST", "?a=now&b=file", file, 200, `"changes":[]`},
		{"POST", "?a=now&b=file", file[1:], 400, "not valid"}, {"POST", "?a=now&b=file", file[:200], 400, "it is damaged, or its end is missing"}, {"POST", "?a=now&b=file", `{"version": 1, "x": 2}`, 400, "the file:1: x"},
		{"POST", "?a=base&b=now", "", 200, `"counts":{"added":3}`}, {"POST", "?a=now&b=file", "", 400, "the file"},
	} {
		status, body := s.send(c.method, "/diff"+c.query, c.body)
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %.60s: %d %.300s, want %d %s", c.method, c.query, c.body, status, body, c.status, c.want)
		}
	}
	readOnly := open(t, "admin-writes", "off")
	if status, body := readOnly.send("POST", "/diff?a=now&b=file", seed); status != 200 || !strings.Contains(body, "Erin") {
		t.Errorf("where the admin API is read-only: %d %s", status, body)
	}
}
