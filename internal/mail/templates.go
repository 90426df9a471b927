package mail

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
)

// EmailVerification asks the owner of a management account to confirm the
// address, until an instant. [AWS: "Email address verification"]
func EmailVerification(a org.Account, until time.Time) Message {
	return message(string(a.Email), "Verify the email address of your AWS account",
		greeting(a),
		fmt.Sprintf("Your account %s is the management account of an organization. Before it can invite other accounts, "+
			"you have to confirm that this address is yours.", a.ID),
		fmt.Sprintf("To confirm it, ask the operator of this installation to send this to its admin API:\n\n"+
			"    PATCH /accounts/%s {\"emailVerified\": true}", a.ID),
		fmt.Sprintf("This request is valid until %s. For a new one, the operator sends {\"emailVerified\": false}.", when(until)))
}

// Invitation tells the owner of an account that an organization asks it to join, whose
// feature set may be less than the one that it offers, while it changes to all
// features. [AWS: "Inviting an account to join your organization"; assumed: what it says
// during that change]
func Invitation(to ident.Email, h handshake.Handshake, now org.FeatureSet) Message {
	return message(string(to), "Your AWS account has been invited to join an organization",
		"Dear "+unknownName+",",
		fmt.Sprintf("%s (%s) invites your AWS account to join the organization %s.",
			line(h.Offer.ManagementName), line(h.Offer.ManagementEmail), h.Originator.Organization),
		features(now, org.FeatureSet(h.Offer.FeatureSet)),
		notes(h.Offer.Notes),
		answer(h),
		fmt.Sprintf("If you do not answer, the invitation expires on %s.", when(h.Expires)),
		"If you do not know the sender, decline or do nothing.")
}

// InvitationCanceled tells the owner of an account that an invitation was withdrawn.
// It names the management account as it is now, not as it was when it invited.
// [AWS: CancelHandshake; assumed: the names]
func InvitationCanceled(to ident.Email, management org.Account, h handshake.Handshake) Message {
	return message(string(to), "An invitation to join an organization has been canceled",
		"Dear "+unknownName+",",
		fmt.Sprintf("%s (%s) has canceled the invitation %s to join the organization %s. It can no longer be accepted.",
			line(management.Name), line(string(management.Email)), h.ID, h.Originator.Organization),
		"You do not have to do anything.")
}

// InvitationAccepted tells the owner of the management account that an account
// has joined. [AWS: AcceptHandshake]
func InvitationAccepted(management, member org.Account, h handshake.Handshake) Message {
	return message(string(management.Email), fmt.Sprintf("AWS account %s has joined your organization", member.ID),
		greeting(management),
		fmt.Sprintf("The AWS account %s has accepted your invitation %s and is now a member of the organization %s.",
			member.ID, h.ID, h.Originator.Organization),
		"The account is in the root of the organization. You can move it to an organizational unit.")
}

// Joined tells the owner of an account that it is a member now, of an organization that
// an account manages, with a feature set that may be less than the one that was offered.
// [AWS: AcceptHandshake; assumed: the names and features of that moment]
func Joined(member, management org.Account, h handshake.Handshake, now org.FeatureSet) Message {
	return message(string(member.Email), "Your AWS account has joined an organization",
		greeting(member),
		fmt.Sprintf("Your AWS account %s is now a member of the organization %s, which %s (%s) manages.",
			member.ID, h.Originator.Organization, line(management.Name), line(string(management.Email))),
		features(now, org.FeatureSet(h.Offer.FeatureSet)))
}

// InvitationDeclined tells the owner of the management account that an
// invitation was declined. It names the recipient as the sender did: whose
// address it was, or which address an account has, is not disclosed. [AWS:
// DeclineHandshake]
func InvitationDeclined(management org.Account, h handshake.Handshake) Message {
	return message(string(management.Email), "Your invitation to join an organization has been declined",
		greeting(management),
		fmt.Sprintf("%s has declined the invitation %s to join the organization %s.",
			line(h.Recipient.ID), h.ID, h.Originator.Organization),
		"You can send a new invitation.")
}

// ApprovalRequested asks the owner of an invited member to approve all features.
// [AWS: "Enabling all features in your organization"]
func ApprovalRequested(member, management org.Account, h handshake.Handshake) Message {
	return message(string(member.Email), "Approve all features in your organization",
		greeting(member),
		fmt.Sprintf("%s (%s) asks to enable all features in the organization %s. Your AWS account %s joined it by "+
			"invitation, so the change needs your approval.",
			line(management.Name), line(string(management.Email)), h.Originator.Organization, member.ID),
		"With all features, the management account can limit with policies what the accounts of the organization do.",
		answer(h),
		fmt.Sprintf("If not every account approves, the request expires on %s.", when(h.Expires)))
}

// RoleRequested asks the owner of a created member to make the service-linked
// role again, without which all features cannot be enabled. [AWS: the request; assumed:
// that it is a mail]
func RoleRequested(member, management org.Account, h handshake.Handshake) Message {
	return message(string(member.Email), "A service-linked role is missing in your AWS account",
		greeting(member),
		fmt.Sprintf("%s (%s) asks to enable all features in the organization %s. For that, the role "+
			"AWSServiceRoleForOrganizations has to exist in your AWS account %s, where it was deleted. "+
			"Accepting this request creates it again.",
			line(management.Name), line(string(management.Email)), h.Originator.Organization, member.ID),
		answer(h),
		fmt.Sprintf("If you do not answer, the request expires on %s.", when(h.Expires)))
}

// Welcome greets the owner of an account that an organization created. [AWS:
// CreateAccount]
func Welcome(a org.Account) Message {
	return message(string(a.Email), "Welcome to AWS",
		greeting(a),
		fmt.Sprintf("Your AWS account is ready. Its account ID is %s.", a.ID),
		"It was created by an organization, which manages it and pays for it. The root user of the account has a "+
			"password that nobody knows; to sign in as the root user, go through the recovery of the password first.")
}

// AccountClosed tells the owner of an account, or of its management account, that
// it is closed and until when it can be opened again. [assumed: AWS documents
// closing, not the mail]
func AccountClosed(to, closed org.Account, gone time.Time) Message {
	return message(string(to.Email), fmt.Sprintf("AWS account %s has been closed", closed.ID),
		greeting(to),
		fmt.Sprintf("The AWS account %s (%s) has been closed. Nobody can sign in to it.", closed.ID, line(closed.Name)),
		fmt.Sprintf("It can be opened again until %s. Then it is closed permanently and leaves its organization.", when(gone)))
}

// Transfer is an invitation to transfer the responsibility for a bill.
type Transfer struct {
	Handshake    ident.HandshakeID
	Organization ident.OrganizationID
	// ManagementName and ManagementEmail are those of the sender.
	ManagementName, ManagementEmail string
	// Start is when the sender begins to pay, Expires the end of the time to answer.
	Start, Expires time.Time
	// Notes is the sender's text; empty when none was sent.
	Notes string
}

// TransferInvitation tells the owner of another organization's management account
// that the sender offers to manage and pay its bill. [assumed: AWS documents the
// invitation, not the mail]
func TransferInvitation(to ident.Email, t Transfer) Message {
	return message(string(to), "You have been invited to transfer the responsibility for your bill",
		"Dear "+unknownName+",",
		fmt.Sprintf("%s (%s) of the organization %s offers to manage and pay the bill of your organization from %s.",
			line(t.ManagementName), line(t.ManagementEmail), t.Organization, when(t.Start)),
		notes(t.Notes),
		commands(t.Handshake),
		fmt.Sprintf("If you do not answer, the invitation expires on %s.", when(t.Expires)))
}

// TransferAccepted tells the owner of the management account that sent an invitation to
// transfer that an account accepted it. [AWS: billing guide; assumed: the text]
func TransferAccepted(management org.Account, by ident.AccountID, h handshake.Handshake) Message {
	return message(string(management.Email), "Your offer to pay the bill of another organization has been accepted",
		greeting(management),
		fmt.Sprintf("The management account %s has accepted your invitation %s. Your organization %s manages and pays the bill "+
			"of its organization from %s.", by, h.ID, h.Originator.Organization, when(h.Offer.Transfer.Start)))
}

// TransferDeclined tells the owner of the management account that sent an invitation to
// transfer that it was declined. Like InvitationDeclined it names the recipient as the
// sender did. [AWS: billing guide; assumed: the text]
func TransferDeclined(management org.Account, h handshake.Handshake) Message {
	return message(string(management.Email), "Your offer to pay the bill of another organization has been declined",
		greeting(management),
		fmt.Sprintf("%s has declined the invitation %s of your organization %s to manage and pay its bill.",
			line(h.Recipient.ID), h.ID, h.Originator.Organization),
		"You can send a new invitation.")
}

// unknownName addresses a recipient whose name is unknown or must not be disclosed.
const unknownName = "AWS customer"

func greeting(a org.Account) string {
	return "Dear " + cmp.Or(strings.TrimSpace(line(a.Name)), unknownName) + ","
}

// when formats an instant for a reader.
func when(t time.Time) string { return t.UTC().Format("January 2, 2006 at 15:04:05 UTC") }

// features says what an organization has now, and what it offers if that is more.
func features(now, offered org.FeatureSet) string {
	switch {
	case now == org.AllFeatures:
		return "The organization has all features enabled: its management account pays the charges of your account, and " +
			"can limit with policies what is done in it."
	case offered == org.AllFeatures:
		return "The organization offers all features: its management account pays the charges of your account, and will be " +
			"able to limit with policies what is done in it. Until the change to all features is finalized, it has " +
			"consolidated billing only."
	default:
		return "The organization has consolidated billing only: its management account pays the charges of your account."
	}
}

func notes(text string) string {
	if text == "" {
		return ""
	}
	return "The sender wrote:\n\n" + quote(text)
}

func answer(h handshake.Handshake) string { return commands(h.ID) }

// commands are the commands that answer a request.
func commands(id ident.HandshakeID) string {
	return fmt.Sprintf("To answer, sign in to your account and run one of these:\n\n"+
		"    aws organizations accept-handshake --handshake-id %s\n"+
		"    aws organizations decline-handshake --handshake-id %s", id, id)
}
