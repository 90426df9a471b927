package handshake_test

import (
	"testing"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
)

var sent = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

func invitation() handshake.Handshake {
	return handshake.Handshake{
		ID:         "h-0123456789abcdef0123456789abcdef",
		Kind:       handshake.Invite,
		Originator: ident.Owner{Partition: ident.AWS, Management: "111111111111", Organization: "o-exampleorg"},
		Recipient:  handshake.Recipient{Type: handshake.EmailParty, ID: "Member@Example.com"},
		Stored:     handshake.Open,
		Requested:  sent,
		Expires:    sent.Add(15 * 24 * time.Hour),
		Retention:  30 * 24 * time.Hour,
	}
}

func TestExpiryIsExact(t *testing.T) {
	for _, c := range []struct {
		offset time.Duration
		want   handshake.State
	}{
		{-time.Microsecond, handshake.Open},
		{0, handshake.Expired},
		{time.Microsecond, handshake.Expired},
	} {
		h := invitation()
		if got := h.StateAt(h.Expires.Add(c.offset)); got != c.want {
			t.Errorf("%v from the expiry: %s, want %s", c.offset, got, c.want)
		}
	}
}

func TestATerminalStateNeverExpires(t *testing.T) {
	for _, state := range handshake.States {
		if !state.Terminal() {
			continue
		}
		h := invitation()
		h.Enter(state, sent.Add(time.Hour))
		if got := h.StateAt(h.Expires.Add(time.Hour)); got != state {
			t.Errorf("%s became %s", state, got)
		}
	}
}

func TestRetentionCountsFromTheEnd(t *testing.T) {
	accepted := invitation()
	accepted.Enter(handshake.Accepted, sent.Add(24*time.Hour))
	lapsed := invitation()
	for name, c := range map[string]struct {
		h    handshake.Handshake
		ends time.Time
	}{
		"accepted after a day":    {accepted, sent.Add(24 * time.Hour)},
		"expired, never recorded": {lapsed, lapsed.Expires},
	} {
		last := c.ends.Add(30*24*time.Hour - time.Microsecond)
		if got := c.h.EndedAt(last); !got.Equal(c.ends) {
			t.Errorf("%s: ended at %v, want %v", name, got, c.ends)
		}
		if c.h.Gone(last) {
			t.Errorf("%s: gone before the retention is over", name)
		}
		if !c.h.Gone(last.Add(time.Microsecond)) {
			t.Errorf("%s: still there after the retention", name)
		}
	}
}

func TestAChildIsCanceledByTheEndOfItsParent(t *testing.T) {
	h := invitation()
	h.Kind = handshake.ApproveAllFeatures
	if got := h.StateAt(h.Expires); got != handshake.Canceled {
		t.Errorf("a child whose time is over is %s, want CANCELED", got)
	}
}

func TestRecipientsCompareWithoutCase(t *testing.T) {
	h := invitation()
	if got := h.Recipient.Key(); got != "member@example.com" {
		t.Errorf("key %q", got)
	}
	if got := (handshake.Recipient{Type: handshake.AccountParty, ID: "222222222222"}).Key(); got != "222222222222" {
		t.Errorf("key %q", got)
	}
}

func TestTheARNNamesTheSender(t *testing.T) {
	h := invitation()
	want := "arn:aws:organizations::111111111111:handshake/o-exampleorg/invite/h-0123456789abcdef0123456789abcdef"
	if got := h.ARN(); got != want {
		t.Errorf("ARN %q, want %q", got, want)
	}
	h.Kind = handshake.AddServiceLinkedRole
	if got := h.Segment(); got != "add_organizations_service_linked_role" {
		t.Errorf("segment %q", got)
	}
}

func TestATransferIsAnsweredADayBeforeItBegins(t *testing.T) {
	start := time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC)
	h := invitation()
	h.Kind, h.Expires = handshake.TransferResponsibility, handshake.TransferDeadline(start)
	last := time.Date(2027, 4, 29, 23, 59, 59, 999999000, time.UTC)
	if got := h.StateAt(last); got != handshake.Open {
		t.Errorf("at the end of 29 April it is %s", got)
	}
	if got := h.StateAt(last.Add(time.Microsecond)); got != handshake.Expired {
		t.Errorf("on 30 April it is %s", got)
	}
	if got := h.Segment(); got != "transfer_responsibility" {
		t.Errorf("segment %q", got)
	}
}
