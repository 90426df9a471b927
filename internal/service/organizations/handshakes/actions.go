package handshakes

import (
	"fmt"
	"slices"

	"accord/internal/handshake"
	"accord/internal/org"
	"accord/internal/service/operation"
)

// Parties are the parties of a handshake, as the operation that moves it has read
// them. They are empty for an event of the service, whose effects need none.
type Parties struct {
	// Management is the management account of the organization that sent it.
	Management   *org.Account
	Organization *org.Organization
	// Answerer is the caller whose answer was asked for; nil for another caller.
	Answerer *operation.Caller
}

// Action is a part of a move besides the change of the state: what is judged
// before, what is done, who is notified.
type Action func(u *operation.Unit, h *handshake.Handshake, p Parties) error

// Actions are all that the service does when handshakes move.
type Actions struct {
	// Preconditions are judged before a caller's move with an effect.
	Preconditions map[handshake.Effect]Action
	// Effects are what a move does. Each effect of the table of handshakes has one.
	Effects map[handshake.Effect]Action
	// Mails are written after a caller's answer to a handshake.
	Mails map[handshake.Kind]map[handshake.Event]Action
}

// partiesOf reads the parties of a handshake that the caller moves.
func partiesOf(u *operation.Unit, h *handshake.Handshake, move handshake.Move) (Parties, error) {
	p := Parties{Management: &u.Caller.Account, Organization: u.Caller.Organization}
	if slices.Contains(move.By, handshake.Answerer) {
		p.Answerer = u.Caller
	}
	if p.Management.ID != h.Originator.Management {
		originator, err := u.AccountWithOrganization(h.Originator.Management)
		if err != nil {
			return p, fmt.Errorf("the management account of handshake %s: %w", h.ID, err)
		}
		p.Management, p.Organization = &originator.Account, originator.Organization
	}
	if p.Organization == nil || p.Organization.ID != h.Originator.Organization {
		return p, fmt.Errorf("the organization of handshake %s is not there", h.ID)
	}
	return p, nil
}
