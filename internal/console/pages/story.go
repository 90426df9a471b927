package pages

import (
	"encoding/json"
	"slices"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/handshake"
	"accord/internal/ident"
)

// story is everything about one handshake.
type story struct {
	agreement
	// Raw is the answer of the API.
	Raw     string
	Answers []answerTo
	// Owner is the account that answers; nil while no account has the address.
	Owner    *visit.Account
	Children []agreement
	// Answered counts the children that have answered.
	Answered int
	Mails    []message
	Happened []visit.Happened
	// Spent is how much of the time to answer is over, in percent.
	Spent string
}

// SpentWhole is Spent for reading.
func (s story) SpentWhole() string {
	whole, _, _ := strings.Cut(s.Spent, ".")
	return whole
}

// PageTitle is the title of the page.
func (s story) PageTitle() string { return s.Title() }

// answerTo is what a party can do.
type answerTo struct {
	Event     handshake.Event
	Operation string
	Label     string
	// By is the account that may; empty if it is not known. Mine says whether the person can
	// act as it.
	By   ident.AccountID
	Mine bool
	// Then is what follows.
	Then string
}

// operations are the operations of callers on a handshake.
var operations = []answerTo{
	{Event: handshake.Accept, Operation: "AcceptHandshake", Label: "Accept"},
	{Event: handshake.Decline, Operation: "DeclineHandshake", Label: "Decline"},
	{Event: handshake.Cancel, Operation: "CancelHandshake", Label: "Cancel"},
}

func showStory(v *visit.Visit) (any, error) {
	s := story{}
	var raw json.RawMessage
	if err := v.Call("DescribeHandshake", map[string]string{"HandshakeId": v.PathValue("handshake")}, &raw); err != nil {
		return nil, err
	}
	var described struct{ Handshake agreement }
	if err := json.Unmarshal(raw, &described); err != nil {
		return nil, err
	}
	s.agreement, s.Raw = described.Handshake, visit.Indented(raw)
	now := v.Server.Now()
	whole, over := s.Expires-s.Requested, instant(float64(now.UnixMilli())/1000)-s.Requested
	if whole > 0 {
		s.Spent = percent(100 * float64(min(max(over, 0), whole)/whole))
	}
	if err := s.findOwner(v); err != nil {
		return nil, err
	}
	s.findAnswers(v)
	if !handshake.Rules[s.Action].Child && s.Recipient() == "" {
		// The organization asks all its members: only accounts of it can list whom.
		children, _, err := listHandshakes(v, "ListHandshakesForOrganization", map[string]any{"Filter": map[string]string{"ParentHandshakeId": s.ID}})
		if err != nil && !visit.Is(err, "AccessDeniedException", "AWSOrganizationsNotInUseException") {
			return nil, err
		}
		s.Children = children
		for _, c := range children {
			if !c.Waits() {
				s.Answered++
			}
		}
	}
	return s, s.findTraces(v)
}

// findOwner finds the account that answers.
func (s *story) findOwner(v *visit.Visit) (err error) {
	if id := ident.AccountID(s.Of("ACCOUNT")); id != "" {
		s.Owner, err = v.AccountByID(id)
		if s.Owner == nil && err == nil {
			s.Owner = &visit.Account{ID: id}
		}
		return err
	}
	s.Owner, err = v.AccountByEmail(s.Of("EMAIL"))
	return err
}

// findAnswers finds what the parties can do now, by the table of package handshake.
func (s *story) findAnswers(v *visit.Visit) {
	parties := map[handshake.Role]ident.AccountID{handshake.Originator: s.Management()}
	if s.Owner != nil {
		parties[handshake.Answerer] = s.Owner.ID
	}
	for _, o := range operations {
		move, can := handshake.Rules[s.Action].Moves[o.Event]
		if !can || !slices.Contains(move.From, s.State) {
			continue
		}
		o.By, o.Then = parties[move.By[0]], effects[move.Effect]
		o.Mine = o.By != "" && v.MayActAs(o.By) == nil
		s.Answers = append(s.Answers, o)
	}
}

// traced is how many of the newest mails and records are searched.
const traced = "1000"

// findTraces finds the mails and records about the handshake among the newest.
func (s *story) findTraces(v *visit.Visit) error {
	if !v.Powers {
		return nil
	}
	mails, _, err := listMails(v, "limit="+traced)
	if err != nil {
		return err
	}
	for _, m := range mails {
		if m.Handshake == s.ID {
			s.Mails = append(s.Mails, m)
		}
	}
	records, err := v.Records("limit=" + traced)
	if err != nil {
		return err
	}
	for _, h := range records {
		if strings.Contains(h.Text, s.ID) {
			s.Happened = append(s.Happened, h)
		}
	}
	slices.Reverse(s.Happened)
	return nil
}

// actOnStory answers a handshake as an account.
func actOnStory(v *visit.Visit) (string, error) {
	here := "/handshakes/" + v.PathValue("handshake")
	if v.PostFormValue("do") == "register" {
		made, err := v.Register("", v.PostFormValue("email"), v.PostFormValue("name"))
		if err != nil {
			return "", err
		}
		return v.LinkAs(here, made.ID), nil
	}
	for _, o := range operations {
		if v.PostFormValue("do") == "answer" && v.PostFormValue("answer") == string(o.Event) {
			as := ident.AccountID(v.PostFormValue("account"))
			return v.Link(here), v.CallAs(as, o.Operation, map[string]string{"HandshakeId": v.PathValue("handshake")}, nil)
		}
	}
	return "", visit.ErrUnknownForm
}
