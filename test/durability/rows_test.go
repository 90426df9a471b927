package durability_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/accounts"
	"accord/internal/store"
)

// everything is more rows than there ever are.
const everything = 1 << 20

// farFuture is later than every row.
var farFuture = time.UnixMicro(math.MaxInt64)

// rows are the rows of one organization, and the jobs that belong to it.
type rows struct {
	organization org.Organization
	accounts     []org.Account
	handshakes   []handshake.Handshake
	creations    []org.Creation
	tags         map[string][]org.Tag
	counters     map[store.CounterName]int64
	due          map[store.Job]bool
}

// readRows reads the rows of an organization.
func readRows(v *store.View, id ident.OrganizationID, due []store.Job) (r rows, err error) {
	if r.organization, err = v.Organization(id); err != nil {
		return r, err
	}
	if r.accounts, err = v.Accounts(id, page.First, everything); err != nil {
		return r, err
	}
	if r.handshakes, err = v.HandshakesSent(id, store.HandshakeFilter{}, page.Newest, everything); err != nil {
		return r, err
	}
	if r.creations, err = v.Creations(id, nil, page.Newest, everything); err != nil {
		return r, err
	}
	var carriers []string
	for _, a := range r.accounts {
		carriers = append(carriers, string(a.ID))
	}
	for _, h := range r.handshakes {
		carriers = append(carriers, string(h.ID))
		// It may have been a member before.
		if h.AnsweredBy != "" {
			carriers = append(carriers, string(h.AnsweredBy))
		}
	}
	for _, c := range r.creations {
		carriers = append(carriers, string(c.ID))
	}
	r.tags = map[string][]org.Tag{}
	for _, carrier := range carriers {
		if r.tags[carrier], err = v.Tags(id, carrier); err != nil {
			return r, err
		}
	}
	r.counters = map[store.CounterName]int64{}
	for _, name := range []store.CounterName{operation.Accounts, operation.Reserved, accounts.CreationsInProgress, "creations-begun", "invitations-sent"} {
		if r.counters[name], err = v.Counter(id, name); err != nil {
			return r, err
		}
	}
	r.due = map[store.Job]bool{}
	for _, d := range due {
		// Which request planned it is in no other row.
		d.Cause = ""
		r.due[d] = true
	}
	return r, nil
}

// inspect reads the rows of organizations and returns what contradicts each other in
// them. It knows the load of these tests only: members come by invitation or
// creation, and every request was made within the last day.
func inspect(v *store.View, organizations []ident.OrganizationID) (findings []string, err error) {
	due, err := v.JobsDueBy(farFuture, everything)
	if err != nil {
		return nil, err
	}
	for _, id := range organizations {
		r, err := readRows(v, id, due)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		r.inspect(func(format string, args ...any) {
			findings = append(findings, fmt.Sprintf("rows of %s: ", id)+fmt.Sprintf(format, args...))
		})
	}
	return findings, nil
}

func (r *rows) inspect(report func(format string, args ...any)) {
	counted := map[store.CounterName]int64{
		operation.Accounts: int64(len(r.accounts)),
		operation.Reserved: int64(len(r.accounts)),
	}
	for _, h := range r.handshakes {
		if h.Stored == handshake.Open {
			counted[operation.Reserved]++
		}
		if h.Stored != handshake.Accepted {
			counted["invitations-sent"]++
		}
		r.inspectHandshake(h, report)
	}
	for _, c := range r.creations {
		counted["creations-begun"]++
		if c.State == org.InProgress {
			counted[operation.Reserved]++
			counted[accounts.CreationsInProgress]++
		}
		r.inspectCreation(c, report)
	}
	for _, a := range r.accounts {
		r.inspectMember(a, report)
	}
	for name, number := range r.counters {
		if number != counted[name] {
			report("the counter %s says %d, there are %d", name, number, counted[name])
		}
	}
}

// releaseCounter is the kind of the jobs that count down a quota of a rolling window.
const releaseCounter = "release counter"

// planned reports whether a job is planned.
func (r *rows) planned(organization ident.OrganizationID, at time.Time, kind, subject string) bool {
	return r.due[store.Job{Organization: organization, At: at, Kind: kind, Subject: subject}]
}

const day = 24 * time.Hour

func (r *rows) inspectHandshake(h handshake.Handshake, report func(string, ...any)) {
	id, o := string(h.ID), r.organization.ID
	if open := h.Stored == handshake.Open; open != r.planned(o, h.Expires, "handshake expires", id) {
		report("handshake %s is %s, and its expiry is planned: %t", id, h.Stored, !open)
	}
	if h.Stored.Terminal() && !r.planned("", h.PurgeAt(), "handshake gone", id) {
		report("handshake %s is %s and will never be deleted", id, h.Stored)
	}
	counts := h.Stored != handshake.Accepted
	if counts != r.planned(o, h.Requested.Add(day), releaseCounter, "invitations-sent/"+id) {
		report("handshake %s is %s, and its release of the quota of invitations is planned: %t", id, h.Stored, !counts)
	}
	answered := h.Stored == handshake.Accepted || h.Stored == handshake.Declined
	if answered != (h.AnsweredBy != "") || h.Stored.Terminal() == h.Ended.IsZero() {
		report("handshake %s is %s, answered by %q, ended %v", id, h.Stored, h.AnsweredBy, h.Ended)
	}
	var wanted []org.Tag
	if h.Stored == handshake.Open {
		wanted = tagged(h.Offer.Notes)
	}
	if !slices.Equal(r.tags[id], wanted) {
		report("handshake %s is %s and has the tags %v, want %v", id, h.Stored, r.tags[id], wanted)
	}
}

// tagged are the tags of the object that has a token.
func tagged(token string) []org.Tag {
	if !strings.HasSuffix(token, marked) {
		return nil
	}
	return []org.Tag{{Key: "token", Value: token}}
}

func (r *rows) inspectCreation(c org.Creation, report func(string, ...any)) {
	id, o := string(c.ID), r.organization.ID
	inProgress := c.State == org.InProgress
	if inProgress != r.planned(o, c.Requested, "account creation ends", id) {
		report("creation %s is %s, and its end is planned: %t", id, c.State, !inProgress)
	}
	if !inProgress && !r.planned(o, c.PurgeAt, "account creation gone", id) {
		report("creation %s is %s and will never be deleted", id, c.State)
	}
	if !r.planned(o, c.Requested.Add(day), releaseCounter, "creations-begun/"+id) {
		report("the quota of creations is never released for %s", id)
	}
	if (c.State == org.Succeeded) != (c.Account != "") {
		report("creation %s is %s and made %q", id, c.State, c.Account)
	}
	var wanted []org.Tag
	if inProgress {
		wanted = tagged(c.AccountName)
	}
	if !slices.Equal(r.tags[id], wanted) {
		report("creation %s is %s and has the tags %v, want %v", id, c.State, r.tags[id], wanted)
	}
	made := slices.IndexFunc(r.accounts, func(a org.Account) bool { return a.ID == c.Account })
	if c.State == org.Succeeded && (made < 0 || r.accounts[made].Membership.Method != org.Created) {
		report("creation %s made %s, which is not there", id, c.Account)
	}
}

func (r *rows) inspectMember(a org.Account, report func(string, ...any)) {
	if a.ID == r.organization.Management {
		return
	}
	if !a.MembershipChanged.Equal(a.Membership.Joined) {
		report("account %s joined at %v and last changed at %v", a.ID, a.Membership.Joined, a.MembershipChanged)
	}
	if !a.ServiceLinkedRole {
		report("account %s lacks the role of its organization", a.ID)
	}
	because := ""
	for _, h := range r.handshakes {
		if h.Stored == handshake.Accepted && h.AnsweredBy == a.ID && h.Ended.Equal(a.Membership.Joined) {
			because = h.Offer.Notes
		}
	}
	for _, c := range r.creations {
		if c.Account == a.ID {
			because = c.AccountName
		}
	}
	if because == "" {
		report("account %s joined at %v without an invitation or a creation", a.ID, a.Membership.Joined)
	}
	if wanted := tagged(because); !slices.Equal(r.tags[string(a.ID)], wanted) {
		report("account %s has the tags %v, want %v", a.ID, r.tags[string(a.ID)], wanted)
	}
}

// inspectMessages returns the effects of the rows that were not written exactly once.
func inspectMessages(v *store.View, organizations []ident.OrganizationID) (findings []string, err error) {
	records, err := v.Messages(event.MessageKind, 0, everything)
	if err != nil {
		return nil, err
	}
	mails, err := v.Messages(mail.MessageKind, 0, everything)
	if err != nil {
		return nil, err
	}
	written := map[string]int{}
	for _, l := range records {
		r, err := parseRecord(l.Body)
		if err != nil {
			return nil, err
		}
		written[r.effect()]++
	}
	for _, l := range mails {
		m, err := mail.Parse(l.Body)
		if err != nil {
			return nil, err
		}
		if m.Subject == invitationSubject {
			// The notes, which hold the token, are the only line that is quoted.
			_, rest, _ := strings.Cut(m.Text, "> ")
			token, _, _ := strings.Cut(rest, "\n")
			written["mail "+token]++
		}
	}
	once := func(what string) {
		if n := written[what]; n != 1 {
			findings = append(findings, fmt.Sprintf("%q was written %d times", what, n))
		}
	}
	for _, id := range organizations {
		r, err := readRows(v, id, nil)
		if err != nil {
			return nil, err
		}
		for _, h := range r.handshakes {
			once("InviteAccountToOrganization " + string(h.ID))
			once("mail " + h.Offer.Notes)
			if action := answers[h.Stored]; action != "" {
				once(action + " " + string(h.ID))
			}
		}
		for _, c := range r.creations {
			once("CreateAccount " + string(c.ID))
			if c.State != org.InProgress {
				once("CreateAccountResult " + string(c.ID))
			}
		}
	}
	return findings, nil
}

const invitationSubject = "Your AWS account has been invited to join an organization"

// answers are the operations that lead to a state.
var answers = map[handshake.State]string{
	handshake.Accepted: "AcceptHandshake", handshake.Declined: "DeclineHandshake", handshake.Canceled: "CancelHandshake",
}

// record is what these tests read of an event record.
type record struct {
	EventID           string `json:"eventID"`
	EventName         string `json:"eventName"`
	ReadOnly          bool   `json:"readOnly"`
	ErrorCode         string `json:"errorCode"`
	RequestParameters struct {
		HandshakeID string `json:"handshakeId"`
	} `json:"requestParameters"`
	ResponseElements struct {
		Handshake struct {
			ID string `json:"id"`
		} `json:"handshake"`
		Status struct {
			ID string `json:"id"`
		} `json:"createAccountStatus"`
	} `json:"responseElements"`
	ServiceEventDetails struct {
		Status struct {
			ID string `json:"id"`
		} `json:"createAccountStatus"`
	} `json:"serviceEventDetails"`
}

func parseRecord(text string) (r record, err error) {
	err = json.Unmarshal([]byte(text), &r)
	return r, err
}

// effect names the effect that a record reports.
func (r record) effect() string {
	for _, id := range []string{
		r.RequestParameters.HandshakeID, r.ResponseElements.Handshake.ID,
		r.ResponseElements.Status.ID, r.ServiceEventDetails.Status.ID,
	} {
		if id != "" {
			return r.EventName + " " + id
		}
	}
	return r.EventName
}
