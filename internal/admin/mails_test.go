package admin_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMailsArePaged(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	for _, account := range []string{"222222222222", "333333333333", "444444444444"} {
		s.call("111111111111", "InviteAccountToOrganization", `{"Target": {"Id": "`+account+`", "Type": "ACCOUNT"}}`)
	}
	var to []any
	for before := ""; ; {
		page := s.members("GET", "/mails?limit=2&before="+before, "")
		for _, m := range page["mails"].([]any) {
			message := m.(map[string]any)
			to = append(to, message["account"])
			if message["to"] != "account-"+message["account"].(string)+"@example.com" || !strings.Contains(message["text"].(string), "invites your AWS account") {
				t.Errorf("%v", message)
			}
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		before = next
	}
	if diff := cmp.Diff([]any{"444444444444", "333333333333", "222222222222"}, to); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}
