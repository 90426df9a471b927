package render

import (
	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
)

// Transfer shows a transfer as the caller's organization sees it: outbound
// from the source and inbound for the others, with an ARN of its own and,
// unless it is outbound, with the name.
// [AWS: ResponsibilityTransfer; that each side has its ARN, and that the source
// gets no name instead of another, are assumed]
func Transfer(r *operation.Reader, t *org.Transfer, outbound bool) orgapi.ResponsibilityTransfer {
	direction := "inbound"
	if outbound {
		direction = "outbound"
	}
	shape := orgapi.ResponsibilityTransfer{
		Arn:               new(r.Caller.Organization.Owner().TransferARN(direction, t.ID)),
		Id:                new(string(t.ID)),
		Type:              new(orgapi.ResponsibilityTransferType(org.BillingTransfer)),
		Status:            new(orgapi.ResponsibilityTransferStatus(t.StatusAt(r.Now()))),
		Source:            renderParticipant(t.Source),
		Target:            renderParticipant(t.Target),
		StartTimestamp:    api.At(t.Start),
		ActiveHandshakeId: new(string(t.Handshake)),
	}
	if !outbound {
		shape.Name = &t.Name
	}
	if !t.End.IsZero() {
		shape.EndTimestamp = api.At(t.End)
	}
	if !t.Agreed() {
		// Whose address it was, or which address an account has, is not disclosed
		// before both sides agree.
		shape.Source = renderParticipant(named(t.Invited))
	}
	return shape
}

// named is a participant as the invitation named it.
func named(r handshake.Recipient) org.Participant {
	if r.Type == handshake.EmailParty {
		return org.Participant{Email: ident.Email(r.ID)}
	}
	return org.Participant{Owner: ident.Owner{Management: ident.AccountID(r.ID)}}
}

func renderParticipant(p org.Participant) *orgapi.TransferParticipant {
	shape := &orgapi.TransferParticipant{}
	if p.Management != "" {
		shape.ManagementAccountId = new(string(p.Management))
	}
	if p.Email != "" {
		shape.ManagementAccountEmail = new(string(p.Email))
	}
	return shape
}
