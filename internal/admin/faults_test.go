package admin_test

import (
	"testing"
)

func TestFaultsAreAddedListedAndRemoved(t *testing.T) {
	s := open(t)
	const first = `{"id":"fault-1","operation":"AcceptHandshake","account":"222222222222","next":2,"delay":"1s","cut":"after","matched":0,"acted":0}`
	s.want("POST", "/faults", `{"operation": "AcceptHandshake", "account": "222222222222", "next": 2, "delay": "1s", "cut": "after"}`, 200, first)
	s.members("POST", "/faults", `{"exception": "TooManyRequestsException", "every": 2}`)
	s.want("POST", "/faults", `{"exception": "NoException"}`, 400, `{"error":"fault: no operation returns \"NoException\""}`)
	s.want("POST", "/faults", `{"operations": "AcceptHandshake"}`, 400, `{"error":"fault: unknown member \"operations\""}`)
	s.want("DELETE", "/faults/fault-2", "", 200, `{}`)
	s.want("DELETE", "/faults/fault-2", "", 404, `{"error":"there is no such fault"}`)
	s.want("GET", "/faults", "", 200, `{"faults":[`+first+`]}`)
	s.want("DELETE", "/faults", "", 200, `{}`)
	s.want("GET", "/faults", "", 200, `{"faults":[]}`)
}

func TestResetDeletesAccountsAndFaults(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	s.members("POST", "/faults", `{"cut": "before"}`)
	s.want("POST", "/reset", "", 200, `{}`)
	s.want("GET", "/accounts", "", 200, `{"accounts":[]}`)
	s.want("GET", "/faults", "", 200, `{"faults":[]}`)
}
