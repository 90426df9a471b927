package app_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/app/apptest"
	"accord/internal/ident"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// refused calls an operation for a Region, and returns the exception with its reason.
func (f fixture) refused(region, account, operation, body string) string {
	f.t.Helper()
	r := request(account, operation, body)
	r.Header.Set("Authorization", apptest.AuthorizationIn(region, account, "organizations"))
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		return ""
	}
	exception := field(f.t, w.Body.String(), "__type")
	if strings.Contains(w.Body.String(), `"Reason"`) {
		exception += " " + field(f.t, w.Body.String(), "Reason")
	}
	return exception
}

const (
	noType     = "PolicyTypeNotAvailableForOrganizationException"
	noEndpoint = "UnsupportedAPIEndpointException"
	noSeller   = "HandshakeConstraintViolationException ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD"
)

// [AWS: AWS Organizations in the AWS GovCloud (US) User Guide; AWS Organizations in China;
// Security Hub policy syntax; the exceptions are assumed]
func TestAPartitionLacksFeatures(t *testing.T) {
	documents := map[string]string{
		"TAG_POLICY":              `{\"tags\": {}}`,
		"BACKUP_POLICY":           `{\"plans\": {}}`,
		"S3_POLICY":               "",
		"CHATBOT_POLICY":          "",
		"SECURITYHUB_POLICY":      `{\"securityhub\": {\"enable_in_regions\": {\"@@assign\": [\"ALL_SUPPORTED\"]}, \"disable_in_regions\": {\"@@assign\": []}, \"features\": {\"network_scanning\": {\"enable_in_regions\": {\"@@assign\": [\"ALL_SUPPORTED\"]}, \"disable_in_regions\": {\"@@assign\": []}}}}}`,
		"RESOURCE_CONTROL_POLICY": "",
	}
	for _, test := range []struct {
		partition ident.Partition
		features  string
		// answers to EnablePolicyType, or for a type with a document to CreatePolicy.
		types                       map[string]string
		billing, create, createTwin string
	}{
		{ident.AWS, "on", map[string]string{"BACKUP_POLICY": "", "CHATBOT_POLICY": "", "SECURITYHUB_POLICY": ""}, "", "", ""},
		{ident.AWSUSGov, "off", map[string]string{"BACKUP_POLICY": "", "CHATBOT_POLICY": "", "SECURITYHUB_POLICY": ""}, "", "", ""},
		{
			ident.AWSUSGov, "on",
			map[string]string{"TAG_POLICY": "", "S3_POLICY": "", "RESOURCE_CONTROL_POLICY": "", "BACKUP_POLICY": noType, "CHATBOT_POLICY": noType, "SECURITYHUB_POLICY": noType},
			"ConstraintViolationException CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION", noEndpoint, noEndpoint,
		},
		{
			ident.AWSChina, "on",
			map[string]string{"TAG_POLICY": "", "S3_POLICY": "", "BACKUP_POLICY": noType, "CHATBOT_POLICY": noType, "SECURITYHUB_POLICY": "MalformedPolicyDocumentException"},
			"", "", noEndpoint,
		},
		{ident.AWSISO, "on", map[string]string{"BACKUP_POLICY": "", "CHATBOT_POLICY": "", "SECURITYHUB_POLICY": "MalformedPolicyDocumentException"}, "", "", noEndpoint},
	} {
		t.Run(string(test.partition)+" "+test.features, func(t *testing.T) {
			f := open(t, apptest.Config(t, "behavior", "partition-features="+test.features, "behavior", "policy-type-service-access=off"))
			defer f.close()
			region := test.partition.PrimaryRegion()
			check := func(account, operation, body, want string) {
				t.Helper()
				if got := f.refused(region, account, operation, body); got != want {
					t.Errorf("%s %s: %q, want %q", operation, body, got, want)
				}
			}
			check(bob, "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`, test.billing)
			check(alice, "CreateOrganization", `{}`, "")
			root := field(t, f.ask(region, alice, "ListRoots", `{}`), "Id")
			for kind, want := range test.types {
				if documents[kind] == "" {
					check(alice, "EnablePolicyType", `{"RootId": "`+root+`", "PolicyType": "`+kind+`"}`, want)
				} else {
					check(alice, "CreatePolicy", `{"Type": "`+kind+`", "Name": "`+kind+`", "Description": "", "Content": "`+documents[kind]+`"}`, want)
				}
			}
			check(alice, "CreateAccount", `{"Email": "a@example.com", "AccountName": "A"}`, test.create)
			check(alice, "CreateGovCloudAccount", `{"Email": "b@example.com", "AccountName": "B"}`, test.createTwin)
			// The standing comes first.
			check("555555555555", "CreateGovCloudAccount", `{"Email": "c@example.com", "AccountName": "C"}`, "AWSOrganizationsNotInUseException")
		})
	}
}

// [AWS: AWS Organizations in China]
func TestAnOrganizationInChinaHasFiveThousandAccountsAtMost(t *testing.T) {
	for p, most := range map[ident.Partition]int64{ident.AWSChina: 5000, ident.AWS: 6000} {
		s := apptest.OpenService(t, apptest.ServiceOptions{
			Store: "memory", Start: start, Behavior: map[string]string{"partition-features": "on"},
			Quotas: map[string]string{"accounts-per-organization": "6000", "invitations-per-day": "unlimited"},
		})
		ctx := api.WithCaller(t.Context(), api.Caller{Account: alice, Principal: p.RootUserARN(alice), Partition: string(p)})
		made, err := s.CreateOrganization(ctx, &orgapi.CreateOrganizationRequest{})
		if err != nil {
			t.Fatal(err)
		}
		id := ident.OrganizationID(*made.Organization.Id)
		// All seats but one are taken, the first by the management account.
		err = s.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddToCounter(id, operation.Reserved, most-2) })
		if err != nil {
			t.Fatal(err)
		}
		for n, invited := range []string{bob, "333333333333"} {
			_, err := s.InviteAccountToOrganization(ctx, &orgapi.InviteAccountToOrganizationRequest{
				Target: &orgapi.HandshakeParty{Id: &invited, Type: new(orgapi.HandshakePartyTypeAccount)},
			})
			var answer *api.Error
			if full := errors.As(err, &answer) && answer.Reason == "ACCOUNT_NUMBER_LIMIT_EXCEEDED"; full != (n == 1) || err != nil && !full {
				t.Errorf("%s: account %d: %v", p, most+int64(n), err)
			}
		}
	}
}

// [AWS: HandshakeConstraintViolationException; that accounts are compared so is assumed]
func TestNoAccountJoinsAnOrganizationOfAnotherPartition(t *testing.T) {
	const carol, dave = "333333333333", "444444444444"
	for _, features := range []string{"off", "on"} {
		f := open(t, apptest.Config(t, "behavior", "direct-transfer=on", "behavior", "partition-features="+features))
		want := noSeller
		if features == "off" {
			want = ""
		}
		f.ask("us-east-1", alice, "CreateOrganization", `{}`)
		f.ask("cn-north-1", carol, "CreateOrganization", `{}`)
		invite := func(to string) string {
			return field(t, f.ask("us-east-1", alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+to+`", "Type": "ACCOUNT"}}`), "Id")
		}
		// A standalone account is where it calls.
		body := `{"HandshakeId": "` + invite(bob) + `"}`
		if got := f.refused("cn-north-1", bob, "AcceptHandshake", body); got != want {
			t.Errorf("%s: accepting from China answers %q, want %q", features, got, want)
		}
		if features == "on" {
			f.ask("us-west-2", bob, "AcceptHandshake", body)
		}
		joining := field(t, f.ask("cn-north-1", carol, "InviteAccountToOrganization", `{"Target": {"Id": "`+dave+`", "Type": "ACCOUNT"}}`), "Id")
		f.ask("cn-north-1", dave, "AcceptHandshake", `{"HandshakeId": "`+joining+`"}`)
		if got := f.refused("us-east-1", alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+dave+`", "Type": "ACCOUNT"}}`); got != want {
			t.Errorf("%s: inviting a member in China answers %q, want %q", features, got, want)
		}
		f.close()
	}
}
