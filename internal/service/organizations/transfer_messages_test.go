package organizations_test

import "testing"

func TestRecordsAndMailsOfATransfer(t *testing.T) {
	w := newFixture(t)
	a, b, c := payers(w)
	w.records()
	w.mails()
	h, id := a.propose(bob)
	wantLines(t, "a proposal", w.records(), "InviteOrganizationToTransferResponsibility in 111111111111")
	wantLines(t, "a proposal", w.mails(), "Bob@Example.com")
	b.accept(h)
	wantLines(t, "its acceptance", w.records(), "AcceptHandshake in 222222222222",
		"ResponsibilityTransferAccepted in 222222222222", "ResponsibilityTransferAccepted in 111111111111")
	// [AWS: billing guide: the sender learns the answer]
	wantLines(t, "its acceptance", w.mails(), "alice@example.com")
	a.terminate(id)
	wantLines(t, "its end", w.records(), "TerminateResponsibilityTransfer in 111111111111",
		"ResponsibilityTransferTerminated in 222222222222", "ResponsibilityTransferTerminated in 111111111111")
	declined, _ := a.propose("CAROL@example.com")
	wantLines(t, "a proposal to an address", w.mails(), "CAROL@example.com")
	c.decline(declined)
	wantLines(t, "a declined one", w.mails(), "alice@example.com")
	canceled, _ := a.propose("nobody@example.com")
	a.cancel(canceled)
	a.propose(carol)
	wantLines(t, "more proposals", w.mails(), "nobody@example.com", "carol@example.com")
	w.records()
	w.until(january)
	wantLines(t, "what happens by itself", w.records())
	wantLines(t, "what happens by itself", w.mails())
}
