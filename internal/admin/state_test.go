package admin_test

import (
	"testing"

	"accord/internal/seed"
)

func TestTheStateIsReadAsADocument(t *testing.T) {
	s := open(t, "admin-writes", "off")
	s.want("GET", "/state", "", 200, `{"version":1,"clock":"2026-11-02T08:00:00Z"}`)
	first, second := s.organization("111111111111"), s.organization("222222222222")
	for path, want := range map[string][]string{
		"/state": {first, second}, "/state?organization=" + second: {second},
	} {
		_, text := s.send("GET", path, "")
		f, err := seed.Parse([]byte(text), seed.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range f.Organizations {
			got = append(got, o.ID)
		}
		if len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%s has %v, want %v", path, got, want)
		}
	}
	s.want("GET", "/state?organization=o-none", "", 400, `{"error":"there is no organization \"o-none\""}`)
	s.want("POST", "/state", "{}", 405, `{"error":"allowed here: GET"}`)
}
