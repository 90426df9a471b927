package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

func TestMaskHidesSensitiveMembersOnly(t *testing.T) {
	at := &api.Time{}
	in := &orgapi.CreateAccountRequest{Email: new("dev@example.com"), AccountName: new("Dev"), RoleName: new("Role")}
	want := &orgapi.CreateAccountRequest{Email: new("****"), AccountName: new("****"), RoleName: new("Role")}
	if diff := cmp.Diff(any(want), api.Mask(in)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if *in.Email != "dev@example.com" {
		t.Error("the request itself was changed")
	}

	out := orgapi.DescribeHandshakeResponse{Handshake: &orgapi.Handshake{
		Id:                  new("h-12345678"),
		RequestedTimestamp:  at,
		ExpirationTimestamp: nil,
		Parties:             []orgapi.HandshakeParty{{Id: new("dev@example.com"), Type: new(orgapi.HandshakePartyTypeEmail)}},
		Resources: []orgapi.HandshakeResource{{
			Type:      new(orgapi.HandshakeResourceTypeOrganization),
			Value:     new("o-a1b2c3d4e5"),
			Resources: []orgapi.HandshakeResource{{Type: new(orgapi.HandshakeResourceTypeMasterEmail), Value: new("m@example.com")}},
		}},
	}}
	masked := orgapi.DescribeHandshakeResponse{Handshake: &orgapi.Handshake{
		Id:                 new("h-12345678"),
		RequestedTimestamp: at,
		Parties:            []orgapi.HandshakeParty{{Id: new("****"), Type: new(orgapi.HandshakePartyTypeEmail)}},
		Resources: []orgapi.HandshakeResource{{
			Type:      new(orgapi.HandshakeResourceTypeOrganization),
			Value:     new("****"),
			Resources: []orgapi.HandshakeResource{{Type: new(orgapi.HandshakeResourceTypeMasterEmail), Value: new("****")}},
		}},
	}}
	if diff := cmp.Diff(any(masked), api.Mask(out)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if api.Mask(nil) != nil {
		t.Error("nothing was masked into something")
	}
}
