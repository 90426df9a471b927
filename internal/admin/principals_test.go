package admin_test

import "testing"

// TestPrincipalsOfAnAccountAreListed: roles here, users in the tests of the console.
func TestPrincipalsOfAnAccountAreListed(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	list := s.members("GET", "/accounts/111111111111/principals", "")["principals"].([]any)
	role, _ := list[0].(map[string]any)
	if len(list) != 1 || role["name"] != "role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations" ||
		role["arn"] != "arn:aws:iam::111111111111:"+role["name"].(string) {
		t.Errorf("the principals are %v", list)
	}
	s.want("GET", "/accounts/999999999999/principals", "", 404, `{"error":"there is no such account"}`)
}
