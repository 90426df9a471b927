package history_test

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// The reference model: state and errors as AWS documents them. It shares no code
// with what it tests. Each operation returns the exception that it expects, with
// its reason, or "" when the call has to succeed.

const (
	day = 24 * time.Hour
	// The quotas are small, so that histories reach them: with four accounts, one in
	// thousands would.
	accountQuota    = 3
	depthQuota      = 2
	attachmentQuota = 2

	fullAccess = "p-FullAWSAccess"

	notInUse = "AWSOrganizationsNotInUseException"
	denied   = "AccessDeniedException"
)

type model struct {
	now        time.Time
	accounts   map[string]*account
	handshakes map[string]*agreement
}

type account struct {
	id  string
	org *organization
	// parent is the root or unit that the account is in.
	parent  string
	invited bool
	joined  time.Time
}

type organization struct {
	management  *account
	root        string
	allFeatures bool
	units       map[string]*unit
	// enabled says whether service control policies are on; attached lists the
	// policies on each target.
	enabled  bool
	policies map[string]bool
	attached map[string][]string
	change   *agreement
}

type unit struct {
	parent, name string
	depth        int
}

type agreement struct {
	kind      string
	org       *organization
	sender    *account
	recipient *account
	parent    *agreement
	state     string
	expires   time.Time
	ended     time.Time
	// waived: the account that had to answer has gone.
	waived bool
	// answered: the recipient accepted or declined.
	answered bool
	// accepted remains true when the handshake, 30 days after its end, is deleted.
	accepted bool
}

func newModel(now time.Time, ids ...string) *model {
	m := &model{now: now, accounts: map[string]*account{}, handshakes: map[string]*agreement{}}
	for _, id := range ids {
		m.accounts[id] = &account{id: id}
	}
	return m
}

func (a *account) manages() bool { return a.org != nil && a.org.management == a }

// management is the error for a caller that is not a management account.
func (a *account) management() string {
	switch {
	case a.org == nil:
		return notInUse
	case !a.manages():
		return denied
	}
	return ""
}

func (m *model) members(o *organization) []*account {
	var members []*account
	for _, id := range slices.Sorted(maps.Keys(m.accounts)) {
		if m.accounts[id].org == o {
			members = append(members, m.accounts[id])
		}
	}
	return members
}

// open lists the unanswered handshakes of a kind that an organization sent.
func (m *model) open(o *organization, kind string) []*agreement {
	var list []*agreement
	for _, h := range m.handshakes {
		if h.org == o && h.kind == kind && (h.state == "OPEN" || h.state == "REQUESTED") {
			list = append(list, h)
		}
	}
	return list
}

// counted is what counts against the account quota.
func (m *model) counted(o *organization) int { return len(m.members(o)) + len(m.open(o, "INVITE")) }

func (m *model) end(h *agreement, state string) {
	h.state, h.ended, h.accepted = state, m.now, state == "ACCEPTED"
}

func (m *model) join(a *account, o *organization, invited bool) {
	a.org, a.parent, a.invited, a.joined = o, o.root, invited, m.now
	if o.enabled {
		o.attached[a.id] = []string{fullAccess}
	}
}

func (m *model) depart(a *account) {
	o := a.org
	delete(o.attached, a.id)
	a.org, a.parent = nil, ""
	if o.change == nil {
		return
	}
	for _, h := range m.handshakes {
		if h.parent == o.change && h.recipient == a && !h.accepted {
			h.waived = true
			if h.state == "OPEN" {
				m.end(h, "CANCELED")
			}
		}
	}
	m.review(o)
}

// review opens the change of features when every approval is there.
func (m *model) review(o *organization) {
	if o.change == nil || o.change.state != "REQUESTED" {
		return
	}
	for _, h := range m.handshakes {
		if h.parent == o.change && !h.accepted && !h.waived {
			return
		}
	}
	o.change.state = "OPEN"
}

// finish ends the change of features and its open approvals.
func (m *model) finish(o *organization, state string) {
	if o.change == nil {
		return
	}
	m.end(o.change, state)
	if state != "ACCEPTED" {
		for _, h := range m.handshakes {
			if h.parent == o.change && h.state == "OPEN" {
				m.end(h, "CANCELED")
			}
		}
	}
	o.change = nil
}

func (m *model) createOrganization(a *account) string {
	if a.org != nil {
		return "AlreadyInOrganizationException"
	}
	return ""
}

func (m *model) deleteOrganization(a *account) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	if len(m.members(o)) > 1 {
		return "OrganizationNotEmptyException"
	}
	for _, h := range m.open(o, "INVITE") {
		m.end(h, "CANCELED")
	}
	m.finish(o, "CANCELED")
	a.org, a.parent = nil, ""
	return ""
}

func (m *model) invite(a, to *account) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	if o.change != nil {
		return "HandshakeConstraintViolationException INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES"
	}
	if to.org == o || to.org != nil && !to.manages() {
		return "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION"
	}
	for _, h := range m.open(o, "INVITE") {
		if h.recipient == to {
			return "DuplicateHandshakeException"
		}
	}
	if m.counted(o) >= accountQuota {
		return "HandshakeConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED"
	}
	return ""
}

// answer is accept, decline or cancel.
func (m *model) answer(a *account, h *agreement, action string) string {
	if h.state == "GONE" {
		return "HandshakeNotFoundException"
	}
	right := h.recipient == a
	to := map[string]string{"Accept": "ACCEPTED", "Decline": "DECLINED", "Cancel": "CANCELED"}[action]
	if action == "Cancel" || h.recipient == nil {
		right = h.sender == a
	}
	if h.recipient == nil && action == "Decline" {
		right = false
	}
	// The management account of another organization does not see an invitation.
	if h.kind == "INVITE" && action != "Cancel" && right && a.manages() && a.org != h.org && !h.answered {
		if action == "Accept" && h.state == "OPEN" {
			return "MasterCannotLeaveOrganizationException"
		}
		right = false
	}
	switch {
	case !right:
		return denied
	case h.state == to:
		return "HandshakeAlreadyInStateException"
	case h.state != "OPEN" && !(h.state == "REQUESTED" && action == "Cancel"):
		return "InvalidHandshakeTransitionException"
	}
	switch {
	case h.kind == "INVITE" && action == "Accept":
		if a.org != nil {
			return "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION"
		}
		m.end(h, to)
		h.answered = true
		m.join(a, h.org, true)
	case h.kind == "ENABLE_ALL_FEATURES":
		m.finish(h.org, to)
		if action == "Accept" {
			h.org.allFeatures = true
		}
	default:
		m.end(h, to)
		h.answered = action != "Cancel"
		m.review(h.org)
	}
	return ""
}

func (m *model) leave(a *account) string {
	switch {
	case a.org == nil:
		return notInUse
	case a.manages():
		return "MasterCannotLeaveOrganizationException"
	}
	m.depart(a)
	return ""
}

func (m *model) remove(a, target *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case target.org != a.org:
		return "AccountNotFoundException"
	case target == a:
		return "MasterCannotLeaveOrganizationException"
	}
	m.depart(target)
	return ""
}

func (m *model) enableAllFeatures(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case a.org.allFeatures:
		return "HandshakeConstraintViolationException ORGANIZATION_ALREADY_HAS_ALL_FEATURES"
	case a.org.change != nil:
		return "HandshakeConstraintViolationException ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION"
	}
	for _, h := range m.open(a.org, "INVITE") {
		m.end(h, "CANCELED")
	}
	return ""
}

// pass moves the clock: open handshakes expire, ended ones are deleted.
func (m *model) pass(d time.Duration) {
	end := m.now.Add(d)
	for {
		// The next instant at which something happens.
		var next time.Time
		for _, h := range m.handshakes {
			var at time.Time
			switch {
			case h.state == "GONE":
				continue
			case h.state == "OPEN" || h.state == "REQUESTED":
				at = h.expires
			default:
				at = h.ended.Add(30 * day)
			}
			if !at.After(end) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		if next.IsZero() {
			break
		}
		m.now = next
		for _, h := range m.handshakes {
			unanswered := h.state == "OPEN" || h.state == "REQUESTED"
			switch {
			case unanswered && !h.expires.After(next) && h.kind == "ENABLE_ALL_FEATURES":
				m.finish(h.org, "EXPIRED")
			case unanswered && !h.expires.After(next) && h.parent == nil:
				m.end(h, "EXPIRED")
			}
		}
		for _, h := range m.handshakes {
			finished := h.state != "OPEN" && h.state != "REQUESTED" && h.state != "GONE"
			if finished && !h.ended.Add(30*day).After(next) {
				h.state = "GONE"
			}
		}
	}
	m.now = end
}

// String is the state, for the message of a history that failed.
func (m *model) String() string {
	text := ""
	for _, id := range slices.Sorted(maps.Keys(m.accounts)) {
		a := m.accounts[id]
		if a.org == nil {
			text += fmt.Sprintf("%s alone\n", id)
		} else {
			text += fmt.Sprintf("%s of %s in %s\n", id, a.org.management.id, a.parent)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.handshakes)) {
		text += fmt.Sprintf("%s %s %s\n", id, m.handshakes[id].kind, m.handshakes[id].state)
	}
	return text
}
