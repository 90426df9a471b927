package handshake_test

import (
	"fmt"
	"strings"
	"testing"

	"accord/internal/handshake"
)

// allowed is every move that exists, written a second time and by hand:
// "event by role: from -> to (effect)". Every cell that is not here is refused.
var allowed = map[handshake.Kind][]string{
	handshake.Invite: {
		"accept by recipient: OPEN -> ACCEPTED (join organization)",
		"decline by recipient: OPEN -> DECLINED (release reserved seat)",
		"cancel by originator: OPEN -> CANCELED (release reserved seat)",
		"withdraw by service: OPEN -> CANCELED (release reserved seat)",
		"expire by service: OPEN -> EXPIRED (release reserved seat)",
	},
	handshake.EnableAllFeatures: {
		"complete by service: REQUESTED -> OPEN ()",
		"accept by originator: OPEN -> ACCEPTED (switch to all features)",
		"cancel by originator: REQUESTED -> CANCELED (withdraw children)",
		"cancel by originator: OPEN -> CANCELED (withdraw children)",
		"withdraw by service: REQUESTED -> CANCELED (withdraw children)",
		"withdraw by service: OPEN -> CANCELED (withdraw children)",
		"expire by service: REQUESTED -> EXPIRED (withdraw children)",
		"expire by service: OPEN -> EXPIRED (withdraw children)",
	},
	handshake.ApproveAllFeatures:   childMoves,
	handshake.AddServiceLinkedRole: childMoves,
	handshake.TransferResponsibility: {
		"accept by recipient: OPEN -> ACCEPTED (begin transfer)",
		"decline by recipient: OPEN -> DECLINED (refuse transfer)",
		"cancel by originator: OPEN -> CANCELED (drop transfer)",
		"withdraw by service: OPEN -> CANCELED (drop transfer)",
		"expire by service: OPEN -> EXPIRED (drop transfer)",
	},
}

var childMoves = []string{
	"accept by recipient: OPEN -> ACCEPTED (record consent)",
	"decline by recipient: OPEN -> DECLINED ()",
	"cancel by originator: OPEN -> CANCELED ()",
	"withdraw by service: OPEN -> CANCELED (review parent)",
	"expire by service: OPEN -> CANCELED ()",
}

func TestEveryCellOfTheTable(t *testing.T) {
	cells := 0
	for kind := range handshake.Rules {
		want := map[string]bool{}
		for _, line := range allowed[kind] {
			want[line] = true
		}
		for _, event := range handshake.Events {
			for _, role := range handshake.Roles {
				for _, state := range handshake.States {
					cells++
					move, refusal := handshake.Next(kind, state, event, role)
					cell := fmt.Sprintf("%s by %s: %s -> %s (%s)", event, role, state, move.To, move.Effect)
					if refusal == "" {
						if !want[cell] {
							t.Errorf("%s: %q is allowed", kind, cell)
						}
						delete(want, cell)
						continue
					}
					if got, want := refusal, refusalOf(kind, event, role, state); got != want {
						t.Errorf("%s: %s by %s in %s is refused with %q, want %q", kind, event, role, state, got, want)
					}
				}
			}
		}
		for line := range want {
			t.Errorf("%s: %q is not allowed", kind, line)
		}
	}
	if want := 5 * 6 * 5 * 6; cells != want {
		t.Errorf("%d cells were looked at, want %d", cells, want)
	}
}

// refusalOf says why a cell without a move is refused: who has no move of the
// event in any state is the wrong party; a state that the event leads to is
// already reached; everything else is no transition.
func refusalOf(kind handshake.Kind, event handshake.Event, role handshake.Role, state handshake.State) handshake.Rejection {
	prefix := fmt.Sprintf("%s by %s: ", event, role)
	refusal := handshake.WrongParty
	for _, line := range allowed[kind] {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			if strings.Contains(rest, " -> "+string(state)+" ") {
				return handshake.AlreadyInState
			}
			refusal = handshake.InvalidTransition
		}
	}
	return refusal
}

// The state table that the service documents for the three operations of callers,
// as recorded for INVITE.
func TestVerbsOnFinishedInvitations(t *testing.T) {
	const (
		already = handshake.AlreadyInState
		invalid = handshake.InvalidTransition
	)
	table := map[handshake.Event]map[handshake.State]handshake.Rejection{
		handshake.Accept:  {"ACCEPTED": already, "DECLINED": invalid, "CANCELED": invalid, "EXPIRED": invalid},
		handshake.Decline: {"ACCEPTED": invalid, "DECLINED": already, "CANCELED": invalid, "EXPIRED": invalid},
		handshake.Cancel:  {"ACCEPTED": invalid, "DECLINED": invalid, "CANCELED": already, "EXPIRED": invalid},
	}
	party := map[handshake.Event]handshake.Role{
		handshake.Accept: handshake.Answerer, handshake.Decline: handshake.Answerer, handshake.Cancel: handshake.Originator,
	}
	for event, row := range table {
		for state, want := range row {
			if _, got := handshake.Next(handshake.Invite, state, event, party[event]); got != want {
				t.Errorf("%s in %s: %q, want %q", event, state, got, want)
			}
		}
	}
}

func TestAStrangerDoesNotLearnTheState(t *testing.T) {
	for kind := range handshake.Rules {
		for _, event := range []handshake.Event{handshake.Accept, handshake.Decline, handshake.Cancel} {
			for _, state := range handshake.States {
				if _, got := handshake.Next(kind, state, event, handshake.Stranger); got != handshake.WrongParty {
					t.Errorf("%s: %s in %s by a stranger: %q", kind, event, state, got)
				}
			}
		}
	}
}

// [AWS: DescribeHandshake]
func TestTheRecipientAndTheOrganizationOfTheSenderMayRead(t *testing.T) {
	want := map[handshake.Role]bool{handshake.Originator: true, handshake.Answerer: true, handshake.Insider: true}
	for _, role := range handshake.Roles {
		if got := handshake.MayRead(role); got != want[role] {
			t.Errorf("read by %s: %v, want %v", role, got, want[role])
		}
	}
}
