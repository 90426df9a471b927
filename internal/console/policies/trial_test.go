package policies

import (
	"fmt"
	"testing"

	"accord/internal/ident"
	"accord/internal/whatif"
)

// TestAccountsForWhichTheSameChangesAreTogether, the worst first; others are apart.
func TestAccountsForWhichTheSameChangesAreTogether(t *testing.T) {
	row := func(account int, after whatif.Verdict, action string) whatif.Row {
		id := ident.AccountID(fmt.Sprintf("%012d", account))
		return whatif.Row{Account: id, Name: fmt.Sprint("n", account), After: after, Principals: []string{"arn:aws:iam::" + string(id) + ":role/Deploy"}, Actions: []whatif.ActionMark{{Action: action}}}
	}
	r := &whatif.Report{}
	for n := 1; n <= 11; n++ {
		r.Rows = append(r.Rows, row(n, whatif.Depends, "s3:GetObject"), row(n, whatif.Denied, "s3:PutObject"))
	}
	r.Rows = append(r.Rows, row(12, whatif.Depends, "s3:GetObject"), row(12, whatif.Denied, "s3:DeleteObject"), row(13, whatif.Allowed, "s3:PutObject"))
	got := ""
	for _, g := range shown(r).Groups {
		got += fmt.Sprint(len(g.Accounts), "+", g.More, " ", g.Accounts[0].Name)
		for _, row := range g.Rows {
			got += fmt.Sprint(" ", row.After, row.Actions)
		}
		got += "\n"
	}
	want := "8+3 n1 denied[{s3:PutObject   }] depends[{s3:GetObject   }]\n1+0 n12 denied[{s3:DeleteObject   }] depends[{s3:GetObject   }]\n1+0 n13 allowed[{s3:PutObject   }]\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
