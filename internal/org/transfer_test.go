package org_test

import (
	"testing"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
)

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestATransferBeginsNextMonthOrInTwoMonths(t *testing.T) {
	for now, want := range map[string][2]string{
		"2026-11-02T08:00:00Z":        {"2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		"2026-11-01T00:00:00Z":        {"2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		"2026-11-29T23:59:59.999999Z": {"2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		// On the last day of a month nobody could accept for the next one.
		"2026-11-30T00:00:00Z":      {"2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		"2026-12-31T23:59:59.999Z":  {"2027-02-01T00:00:00Z", "2027-02-01T00:00:00Z"},
		"2027-01-31T12:00:00Z":      {"2027-03-01T00:00:00Z", "2027-03-01T00:00:00Z"},
		"2027-01-31T23:30:00-02:00": {"2027-03-01T00:00:00Z", "2027-04-01T00:00:00Z"},
	} {
		earliest, latest := org.TransferStarts(utc(t, now))
		if !earliest.Equal(utc(t, want[0])) || !latest.Equal(utc(t, want[1])) {
			t.Errorf("on %s from %v to %v, want %v", now, earliest, latest, want)
		}
	}
}

func TestATransferEndsWithThisMonthOrTheNext(t *testing.T) {
	for _, c := range []struct{ what, start, now, earliest, latest string }{
		{"in force", "2026-09-01T00:00:00Z", "2026-11-02T08:00:00Z", "2026-11-30T23:59:59.999Z", "2026-12-31T23:59:59.999Z"},
		{"in the last millisecond of a month", "2026-09-01T00:00:00Z", "2026-11-30T23:59:59.999Z", "2026-11-30T23:59:59.999Z", "2026-12-31T23:59:59.999Z"},
		{"before a leap day", "2027-09-01T00:00:00Z", "2028-01-31T00:00:00Z", "2028-01-31T23:59:59.999Z", "2028-02-29T23:59:59.999Z"},
		{"beginning next month", "2026-12-01T00:00:00Z", "2026-11-02T08:00:00Z", "2026-12-31T23:59:59.999Z", "2026-12-31T23:59:59.999Z"},
		{"beginning in two months", "2027-01-01T00:00:00Z", "2026-11-02T08:00:00Z", "2027-01-31T23:59:59.999Z", "2027-01-31T23:59:59.999Z"},
	} {
		earliest, latest := org.TransferEnds(utc(t, c.start), utc(t, c.now))
		if !earliest.Equal(utc(t, c.earliest)) || !latest.Equal(utc(t, c.latest)) {
			t.Errorf("%s: from %v to %v, want %s to %s", c.what, earliest, latest, c.earliest, c.latest)
		}
	}
}

func TestAnInvitationToTransferExpiresOnTheInstant(t *testing.T) {
	expires := utc(t, "2026-11-30T00:00:00Z")
	tr := org.Transfer{Stored: org.TransferRequested, Expires: expires}
	for offset, want := range map[time.Duration]org.TransferStatus{
		-time.Microsecond: org.TransferRequested, 0: org.TransferExpired, time.Hour: org.TransferExpired,
	} {
		if got := tr.StatusAt(expires.Add(offset)); got != want {
			t.Errorf("%v from the expiry: %s, want %s", offset, got, want)
		}
	}
	tr.Stored = org.TransferAccepted
	if got := tr.StatusAt(expires.Add(time.Hour)); got != org.TransferAccepted {
		t.Errorf("an accepted one became %s", got)
	}
}

func TestAWithdrawnTransferRunsUntilItsEnd(t *testing.T) {
	end := utc(t, "2026-12-31T23:59:59.999Z")
	for status, want := range map[org.TransferStatus][3]bool{
		org.TransferWithdrawn: {true, true, false},
		org.TransferRequested: {false, false, false},
		org.TransferDeclined:  {false, false, false},
	} {
		tr := org.Transfer{Stored: status, End: end}
		for i, at := range []time.Time{end, end.Add(999 * time.Microsecond), end.Add(time.Millisecond)} {
			if got := tr.RunsAt(at); got != want[i] {
				t.Errorf("%s at %v runs: %v", status, at, got)
			}
		}
	}
	accepted := org.Transfer{Stored: org.TransferAccepted}
	if !accepted.RunsAt(end.AddDate(10, 0, 0)) {
		t.Error("an accepted transfer ended by itself")
	}
}

func TestWhoFindsATransferAsItsSource(t *testing.T) {
	tr := org.Transfer{Invited: handshake.Recipient{Type: handshake.EmailParty, ID: "Owner@Example.com"}}
	if got := tr.Recipient(); got != "owner@example.com" {
		t.Errorf("an open one is found by %q", got)
	}
	tr.Withdraw(&handshake.Handshake{Stored: handshake.Declined, AnsweredBy: "222222222222"})
	if got := tr.Recipient(); got != "222222222222" || tr.Stored != org.TransferDeclined {
		t.Errorf("a %s one is found by %q", tr.Stored, got)
	}
	tr.Source.Owner = ident.Owner{Partition: ident.AWS, Management: "222222222222", Organization: "o-bbbbbbbbbb"}
	if got := tr.Recipient(); got != "o-bbbbbbbbbb" {
		t.Errorf("an accepted one is found by %q", got)
	}
}
