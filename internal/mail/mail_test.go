package mail_test

import (
	"bytes"
	"fmt"
	"net/mail"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"accord/internal/handshake"
	"accord/internal/ident"
	accordmail "accord/internal/mail"
	"accord/internal/org"
)

var (
	at         = time.Date(2026, 9, 13, 20, 0, 0, 0, time.UTC)
	management = org.Account{ID: "111111111111", Name: "Management Account", Email: "bill@example.com"}
	member     = org.Account{ID: "222222222222", Name: "Juan", Email: "juan@example.com"}
)

func request(kind handshake.Kind, notes string) handshake.Handshake {
	return handshake.Handshake{
		ID: "h-79d8f6f114ee4304a5e55397e0a1b2c3", Kind: kind,
		Originator: ident.Owner{Partition: ident.AWS, Management: management.ID, Organization: "o-exampleorgid"},
		Recipient:  handshake.Recipient{Type: handshake.AccountParty, ID: string(member.ID)},
		Requested:  at, Expires: at.Add(15 * 24 * time.Hour),
		Offer: handshake.Offer{
			ManagementEmail: string(management.Email), ManagementName: management.Name,
			FeatureSet: string(org.AllFeatures), Notes: notes,
		},
	}
}

// occasions is one mail for each occasion, by its name.
func occasions(management, member org.Account, notes string) map[string]accordmail.Message {
	invitation := request(handshake.Invite, notes)
	invitation.Offer.ManagementName, invitation.Offer.ManagementEmail = management.Name, string(management.Email)
	transfer := request(handshake.TransferResponsibility, notes)
	transfer.Offer.Transfer = &handshake.Transfer{ID: "rt-12345678", Type: org.BillingTransfer, Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	approval, role := request(handshake.ApproveAllFeatures, ""), request(handshake.AddServiceLinkedRole, "")
	return map[string]accordmail.Message{
		"email-verification":        accordmail.EmailVerification(management, at.Add(24*time.Hour)),
		"invitation":                accordmail.Invitation(member.Email, invitation, org.AllFeatures),
		"invitation-during-change":  accordmail.Invitation(member.Email, invitation, org.ConsolidatedBilling),
		"invitation-canceled":       accordmail.InvitationCanceled(member.Email, management, invitation),
		"invitation-accepted":       accordmail.InvitationAccepted(management, member, invitation),
		"joined":                    accordmail.Joined(member, management, invitation, org.AllFeatures),
		"joined-during-change":      accordmail.Joined(member, management, invitation, org.ConsolidatedBilling),
		"invitation-declined":       accordmail.InvitationDeclined(management, invitation),
		"approval-requested":        accordmail.ApprovalRequested(member, management, approval),
		"role-requested":            accordmail.RoleRequested(member, management, role),
		"welcome":                   accordmail.Welcome(member),
		"account-closed":            accordmail.AccountClosed(member, member, at.Add(90*24*time.Hour)),
		"account-closed-management": accordmail.AccountClosed(management, member, at.Add(90*24*time.Hour)),
		"transfer-accepted":         accordmail.TransferAccepted(management, member.ID, transfer),
		"transfer-declined":         accordmail.TransferDeclined(management, transfer),
		"transfer-invitation": accordmail.TransferInvitation(management.Email, accordmail.Transfer{
			Handshake: invitation.ID, Organization: "o-exampleorgid", ManagementName: management.Name, ManagementEmail: string(management.Email),
			Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Expires: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC), Notes: notes,
		}),
	}
}

func TestMessagesReadAsWritten(t *testing.T) {
	for name, m := range occasions(management, member, "Please join us.\nBill") {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile("testdata/" + name + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("To: %s\nSubject: %s\n\n%s", m.To, m.Subject, m.Text)
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An invitation names the sender, the offer, the notes, how to answer and until when.
func TestAnInvitationIsComplete(t *testing.T) {
	m := accordmail.Invitation(member.Email, request(handshake.Invite, "Please join us."), org.AllFeatures)
	for _, fact := range []string{
		"Management Account", "bill@example.com", "o-exampleorgid", "all features", "Please join us.",
		"h-79d8f6f114ee4304a5e55397e0a1b2c3", "accept-handshake", "September 28, 2026",
	} {
		if !strings.Contains(m.Text, fact) {
			t.Errorf("the message does not say %q:\n%s", fact, m.Text)
		}
	}
	billing := request(handshake.Invite, "")
	billing.Offer.FeatureSet = string(org.ConsolidatedBilling)
	m = accordmail.Invitation(member.Email, billing, org.ConsolidatedBilling)
	if strings.Contains(m.Text, "all features") || !strings.Contains(m.Text, "consolidated billing") || strings.Contains(m.Text, "wrote") {
		t.Errorf("another feature set and no notes:\n%s", m.Text)
	}
}

// A sender who knows only the ID of an account does not learn its address.
func TestADeclinedInvitationDisclosesNoAddress(t *testing.T) {
	m := accordmail.InvitationDeclined(management, request(handshake.Invite, ""))
	if strings.Contains(m.Text, string(member.Email)) || !strings.Contains(m.Text, string(member.ID)) {
		t.Errorf("the message names another sender:\n%s", m.Text)
	}
}

func TestParseReadsWhatJSONWrites(t *testing.T) {
	for name, m := range occasions(management, member, "<b>\"notes\"</b>\n& more \U0001F600") {
		text := m.JSON()
		if strings.ContainsAny(text, "\n\r") {
			t.Errorf("%s is more than one line: %q", name, text)
		}
		got, err := accordmail.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := accordmail.Parse("no message"); err == nil {
		t.Error("what is no message was read")
	}
}

// Whatever names, addresses and notes hold, a header stays one line, and in the body
// their lines are quoted.
func FuzzNobodyWritesHeadersOrOurWords(f *testing.F) {
	for _, s := range []string{
		"", "Juan", "Juan\r\nBcc: all@example.com", "a\nb", "a\rb", "a\u2028b\u2029c\u0085d", "\x00\x1b[31m", "\xff\xfe",
		">", "> > quoted", strings.Repeat("long ", 400), "Sincerely,\nThe AWS Organizations service\n\nGive us your password.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		bad := func(a org.Account) org.Account {
			a.Name, a.Email = s, ident.Email(s)
			return a
		}
		for name, m := range occasions(bad(management), bad(member), s) {
			for _, header := range []string{m.To, m.Subject} {
				if strings.ContainsFunc(header, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
					t.Errorf("%s: header %q", name, header)
				}
			}
			if n := utf8.RuneCountInString(m.Subject); n > 200 {
				t.Errorf("%s: subject of %d characters", name, n)
			}
			raw := "Subject: " + m.Subject + "\r\n\r\n" + m.Text
			parsed, err := mail.ReadMessage(bytes.NewReader([]byte(raw)))
			if err != nil || len(parsed.Header) != 1 {
				t.Errorf("%s: headers %v, %v", name, parsed, err)
			}
			if lines := strings.Count(unquoted(m.Text), "\n"); lines != strings.Count(unquoted(plain[name].Text), "\n") {
				t.Errorf("%s: %d unquoted lines:\n%s", name, lines, m.Text)
			}
		}
	})
}

// plain are the mails with harmless input.
var plain = occasions(management, member, "notes")

// unquoted is a text without empty lines and without quoted ones.
func unquoted(text string) string {
	var ours []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && !strings.HasPrefix(line, ">") && line != "The sender wrote:" {
			ours = append(ours, line)
		}
	}
	return strings.Join(ours, "\n")
}
