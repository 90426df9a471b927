package admin_test

import "testing"

// TestAQuotaSaysWhereItWasSet: of the server, and of an organization until that has the number of
// the server again.
func TestAQuotaSaysWhereItWasSet(t *testing.T) {
	s := open(t, "quota", "unit-depth=3")
	id := s.organization("111111111111")
	depth := func(path string) map[string]any {
		for _, q := range s.members("GET", path, "")["quotas"].([]any) {
			if q := q.(map[string]any); q["name"] == "unit-depth" {
				return q
			}
		}
		return nil
	}
	check := func(path, value, source, name string) {
		t.Helper()
		q := depth(path)
		if o := q["origin"].(map[string]any); q["value"] != value || o["source"] != source || o["name"] != name {
			t.Errorf("%s: %v", path, q)
		}
	}
	own := "/organizations/" + id + "/quotas"
	check("/quotas", "3", "flag", "--quota")
	check(own, "3", "flag", "--quota")
	s.want("PUT", own, `{"unit-depth": 4}`, 200, `{"quotas":{"unit-depth":4}}`)
	check(own, "4", "organization", id)
	check("/quotas", "3", "flag", "--quota")
	s.want("PUT", own, `{"unit-depth": "default", "tags-per-resource": "default"}`, 200, `{"quotas":{"tags-per-resource":"default","unit-depth":"default"}}`)
	check(own, "3", "flag", "--quota")
}
