package organizations_test

import (
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

func TestRejectionsOfProposals(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, b, _ := payers(w)
		member := a.member(dave)
		w.as("555555555555")
		other := b.member("666666666666")
		w.as("777777777777").organization(all)
		_, open := a.propose(carol)
		bound := a.pays(b)
		with := func(change func(in *orgapi.InviteOrganizationToTransferResponsibilityRequest)) api.Request {
			in := proposal("777777777777")
			change(&in)
			return &in
		}
		type in = orgapi.InviteOrganizationToTransferResponsibilityRequest
		party := func(id, kind string) func(*in) {
			return func(in *in) {
				in.Target = &orgapi.HandshakeParty{}
				if id != "" {
					in.Target.Id = &id
				}
				if kind != "" {
					in.Target.Type = new(orgapi.HandshakePartyType(kind))
				}
			}
		}
		begin := func(at time.Time) func(*in) { return func(in *in) { in.StartTimestamp = api.At(at) } }
		native := w.service.Behavior.WireStyle == api.Native
		either := func(documented, recorded string) string {
			if native {
				return recorded
			}
			return documented
		}
		const (
			invite      = "InviteOrganizationToTransferResponsibility"
			input       = "InvalidInputException "
			unsupported = input + "UNSUPPORTED_ACTION_IN_RESPONSIBILITY_TRANSFER"
			matching    = "HandshakeConstraintViolationException SOURCE_AND_TARGET_CANNOT_MATCH"
			existing    = "HandshakeConstraintViolationException RESPONSIBILITY_TRANSFER_ALREADY_EXISTS"
			twice       = "DuplicateHandshakeException"
			gone        = "ResponsibilityTransferNotFoundException"
			transition  = "InvalidResponsibilityTransferTransitionException"
		)
		row := func(want, suffix string, change func(*in)) refusal {
			return refusal{invite, with(change), want, suffix}
		}
		rows := []refusal{
			row(absent, ":TYPE", func(in *in) { in.Type = nil }),
			row(noEnum, ":TYPE", func(in *in) { in.Type = new(orgapi.ResponsibilityTransferType("SUPPORT")) }),
			row(either(absent, malformed), "", func(in *in) { in.Target = nil }),
			row(either(absent, input+"INVALID_PARTY_TYPE_TARGET"), "", party("", "")),
			row(either(absent, input+"INVALID_PARTY_TYPE_TARGET"), "", party(bob, "")),
			row(either(absent, malformed), "", party("", "ACCOUNT")),
			row(input+"INVALID_PARTY_TYPE_TARGET", "", party("o-1234567890", "ORGANIZATION")),
			row(malformed, "", party("12345", "ACCOUNT")),
			row(input+"INVALID_EMAIL_ADDRESS_TARGET", "", party("nobody", "EMAIL")),
			row(absent, ":START_TIMESTAMP", func(in *in) { in.StartTimestamp = nil }),
			row(absent, ":SOURCE_NAME", func(in *in) { in.SourceName = nil }),
			row(tooShort, ":SOURCE_NAME", func(in *in) { in.SourceName = new("") }),
			row(tooLong, ":SOURCE_NAME", func(in *in) { in.SourceName = new(strings.Repeat("x", 129)) }),
			row(malformed, ":SOURCE_NAME", func(in *in) { in.SourceName = new("é") }),
			row(tooLong, ":NOTES", func(in *in) { in.Notes = new(strings.Repeat("é", 1025)) }),
			row(input+"DUPLICATE_TAG_KEY", "", func(in *in) { in.Tags = []orgapi.Tag{tag("k", "1"), tag("k", "2")} }),
			row(input+"INVALID_SYSTEM_TAGS_PARAMETER", "", func(in *in) { in.Tags = []orgapi.Tag{tag("AWS:k", "1")} }),
			row(input+"START_DATE_NOT_BEGINNING_OF_DAY", "", begin(december.Add(time.Millisecond))),
			row(input+"START_DATE_NOT_BEGINNING_OF_MONTH", "", begin(december.AddDate(0, 0, 1))),
			row(input+"START_DATE_TOO_EARLY", "", begin(november)),
			row(input+"START_DATE_TOO_LATE", "", begin(february)),
			row(matching, "", party(alice, "ACCOUNT")),
			row(matching, "", party("ALICE@example.com", "EMAIL")),
			row(unsupported, "", party("999999999999", "ACCOUNT")),
			row(unsupported, "", party("555555555555", "ACCOUNT")),
			row(unsupported, "", party("account-555555555555@example.com", "EMAIL")),
			row(unsupported, "", party(member.id, "ACCOUNT")),
			row(unsupported, "", party(other.id, "ACCOUNT")),
			row(twice, "", party(carol, "ACCOUNT")),
			row(twice, "", party("CAROL@example.com", "EMAIL")),
			row(existing, "", party(bob, "ACCOUNT")),
			row(existing, "", party("bob@example.com", "EMAIL")),
			row("ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED", "", func(in *in) { in.Tags = manyTags(51) }),

			{"DescribeResponsibilityTransfer", &orgapi.DescribeResponsibilityTransferRequest{}, absent, ":ID"},
			{"DescribeResponsibilityTransfer", new(describing("rt-1")), malformed, ":ID"},
			{"DescribeResponsibilityTransfer", new(describing("rt-00000000")), gone, ""},

			{"ListInboundResponsibilityTransfers", &orgapi.ListInboundResponsibilityTransfersRequest{}, absent, ":TYPE"},
			{"ListInboundResponsibilityTransfers", listing("rt-00000000", nil, nil), gone, ""},
			{"ListInboundResponsibilityTransfers", listing("rt-1", nil, nil), malformed, ":ID"},
			{"ListInboundResponsibilityTransfers", listing("", nil, new(int32(0))), tooLittle, ":MAX_RESULTS"},
			{"ListInboundResponsibilityTransfers", listing("", nil, new(int32(21))), tooMuch, ":MAX_RESULTS"},
			{"ListInboundResponsibilityTransfers", listing("", new(""), nil), badToken, ""},
			{"ListInboundResponsibilityTransfers", listing("", new("AAAA"), nil), badToken, ""},
			{"ListOutboundResponsibilityTransfers", &orgapi.ListOutboundResponsibilityTransfersRequest{}, absent, ":TYPE"},
			{"ListOutboundResponsibilityTransfers", &orgapi.ListOutboundResponsibilityTransfersRequest{
				Type: new(billingTransfer), NextToken: new("AAAA")}, badToken, ""},

			{"UpdateResponsibilityTransfer", &orgapi.UpdateResponsibilityTransferRequest{Id: &bound}, absent, ":NAME"},
			{"UpdateResponsibilityTransfer", &orgapi.UpdateResponsibilityTransferRequest{Id: &bound, Name: new("\n")}, malformed, ":NAME"},
			{"UpdateResponsibilityTransfer", &orgapi.UpdateResponsibilityTransferRequest{Id: new("rt-00000000"), Name: new("x")}, gone, ""},

			{"TerminateResponsibilityTransfer", &orgapi.TerminateResponsibilityTransferRequest{}, absent, ":ID"},
			{"TerminateResponsibilityTransfer", new(terminating("rt-00000000", nil)), gone, ""},
			{"TerminateResponsibilityTransfer", new(terminating(open, nil)), transition, ""},
			{"TerminateResponsibilityTransfer", new(terminating(bound, api.At(endOf(december).Add(-time.Hour)))), input + "END_DATE_NOT_END_OF_MONTH", ""},
			{"TerminateResponsibilityTransfer", new(terminating(bound, api.At(endOf(november)))), input + "END_DATE_TOO_EARLY", ""},
			{"TerminateResponsibilityTransfer", new(terminating(bound, api.At(endOf(january)))), input + "END_DATE_TOO_LATE", ""},
		}
		return a, rows
	})
}

// The form of a date is checked before the standing, its window after it: that of a start
// before the target exists, that of an end after the state of the transfer. [assumed]
func TestWhenDatesAreChecked(t *testing.T) {
	w := newFixture(t)
	a, b, _ := payers(w)
	_, open := a.propose(carol)
	bound := a.pays(b)
	outsider := w.as("555555555555")
	const (
		input      = "InvalidInputException "
		outside    = "AWSOrganizationsNotInUseException"
		absent     = "888888888888"
		transition = "InvalidResponsibilityTransferTransitionException"
	)
	begin := func(target string, at time.Time) api.Request {
		in := proposal(target)
		in.StartTimestamp = api.At(at)
		return &in
	}
	end := func(id string, at time.Time) api.Request { return new(terminating(id, api.At(at))) }
	for what, c := range map[string]struct {
		caller    actor
		operation string
		in        api.Request
		want      string
	}{
		"start in a day":              {outsider, "InviteOrganizationToTransferResponsibility", begin(bob, december.Add(time.Hour)), input + "START_DATE_NOT_BEGINNING_OF_DAY"},
		"start in a month":            {outsider, "InviteOrganizationToTransferResponsibility", begin(bob, december.AddDate(0, 0, 1)), input + "START_DATE_NOT_BEGINNING_OF_MONTH"},
		"early start, outsider":       {outsider, "InviteOrganizationToTransferResponsibility", begin(bob, november), outside},
		"early start, unknown target": {a, "InviteOrganizationToTransferResponsibility", begin(absent, november), input + "START_DATE_TOO_EARLY"},
		"late start, unknown target":  {a, "InviteOrganizationToTransferResponsibility", begin(absent, february), input + "START_DATE_TOO_LATE"},
		"end in a month":              {outsider, "TerminateResponsibilityTransfer", end(bound, december), input + "END_DATE_NOT_END_OF_MONTH"},
		"late end, outsider":          {outsider, "TerminateResponsibilityTransfer", end(bound, endOf(february)), outside},
		"late end, not accepted":      {a, "TerminateResponsibilityTransfer", end(open, endOf(february)), transition},
		"late end":                    {a, "TerminateResponsibilityTransfer", end(bound, endOf(february)), input + "END_DATE_TOO_LATE"},
	} {
		if got := c.caller.told(c.operation, c.in); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}

func listing(id string, token *string, size *int32) *orgapi.ListInboundResponsibilityTransfersRequest {
	in := &orgapi.ListInboundResponsibilityTransfersRequest{Type: new(billingTransfer), NextToken: token, MaxResults: size}
	if id != "" {
		in.Id = &id
	}
	return in
}

func manyTags(n int) []orgapi.Tag {
	tags := make([]orgapi.Tag, n)
	for i := range tags {
		tags[i] = tag(strings.Repeat("k", i+1), "v")
	}
	return tags
}

func TestTransfersNeedAllFeatures(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.as(bob)
	a.organization(all)
	b.organization(billing)
	h, id := a.propose(bob)
	for operation, in := range map[string]api.Request{
		"InviteOrganizationToTransferResponsibility": new(proposal(alice)),
		"ListInboundResponsibilityTransfers":         listing("", nil, nil),
		"ListOutboundResponsibilityTransfers":        &orgapi.ListOutboundResponsibilityTransfersRequest{Type: new(billingTransfer)},
		"UpdateResponsibilityTransfer":               &orgapi.UpdateResponsibilityTransferRequest{Id: &id, Name: new("x")},
		"TerminateResponsibilityTransfer":            new(terminating(id, nil)),
		"AcceptHandshake":                            &orgapi.AcceptHandshakeRequest{HandshakeId: h.Id},
	} {
		if got := b.told(operation, in); got != "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE" {
			t.Errorf("%s: %q", operation, got)
		}
	}
	b.transfer(id)
	b.decline(h)
}
