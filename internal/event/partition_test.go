package event_test

import (
	"testing"

	"accord/internal/event"
	"accord/internal/ident"
)

// [AWS: global services are recorded in one Region; assumed: outside of aws, that it is
// the primary one]
func TestARecordIsOfThePrimaryRegionOfItsPartition(t *testing.T) {
	for _, p := range ident.Partitions() {
		c := caller
		c.Partition, c.Principal = string(p), p.In(caller.Principal)
		s := event.RoleCreated("id", at, management)
		s.Partition = p
		call := decode(t, event.Call{Caller: c}.JSON())
		for _, record := range []map[string]any{call, decode(t, s.JSON())} {
			if record["awsRegion"] != p.PrimaryRegion() {
				t.Errorf("%s: recorded in %v", p, record["awsRegion"])
			}
		}
		issuer := call["userIdentity"].(map[string]any)["sessionContext"].(map[string]any)["sessionIssuer"].(map[string]any)
		if want := p.RoleARN(management, "my-admin-role"); issuer["arn"] != want {
			t.Errorf("%s: the role is %v, want %s", p, issuer["arn"], want)
		}
	}
}
