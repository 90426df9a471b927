package handshake

import "slices"

// Rejection says why an event does not move a handshake. The zero value rejects
// nothing.
type Rejection string

// The rejections, in the order in which they are judged.
const (
	// WrongParty: the caller's role may not send the event.
	WrongParty Rejection = "wrong party"
	// AlreadyInState: the handshake is already in the state to which the event leads.
	AlreadyInState Rejection = "already in state"
	// InvalidTransition: the state does not allow the event.
	InvalidTransition Rejection = "invalid transition"
)

// Next decides one event: the move that it makes, or why it is rejected.
//
// The party is judged before the state, so that a stranger does not learn the
// state of a handshake [assumed: recordings show each error alone].
func Next(kind Kind, state State, event Event, role Role) (Move, Rejection) {
	move, known := Rules[kind].Moves[event]
	switch {
	case !known || !slices.Contains(move.By, role):
		return Move{}, WrongParty
	case slices.Contains(move.From, state):
		return move, ""
	case state == move.To:
		return Move{}, AlreadyInState
	default:
		return Move{}, InvalidTransition
	}
}

// MayRead reports whether a role may describe a handshake: the recipient, and every
// account of the organization that sent it. [AWS: DescribeHandshake, "can be called
// from any account in an organization"; that it holds for every kind is assumed]
func MayRead(role Role) bool {
	return role == Originator || role == Answerer || role == Insider
}
