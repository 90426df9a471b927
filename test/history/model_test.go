package history_test

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// The reference model: what a person who has read the documentation would write
// down on paper while somebody else makes calls. It knows nothing of the code
// under test. Each verb returns the exception that it expects, with its reason,
// or "" when the call has to succeed.

const (
	day = 24 * time.Hour
	// placesQuota, depthQuota and attachmentQuota are small, so that histories
	// meet them.
	placesQuota     = 4
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
}

func newModel(now time.Time, ids ...string) *model {
	m := &model{now: now, accounts: map[string]*account{}, handshakes: map[string]*agreement{}}
	for _, id := range ids {
		m.accounts[id] = &account{id: id}
	}
	return m
}

func (a *account) manages() bool { return a.org != nil && a.org.management == a }

// management is the standing gate of everything that changes an organization.
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

// places is what counts against the account quota.
func (m *model) places(o *organization) int { return len(m.members(o)) + len(m.open(o, "INVITE")) }

func (m *model) end(h *agreement, state string) {
	h.state, h.ended = state, m.now
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
		if h.parent == o.change && h.recipient == a && h.state != "ACCEPTED" {
			h.waived = true
			if h.state == "OPEN" {
				m.end(h, "CANCELED")
			}
		}
	}
	m.review(o)
}

// review completes the change of features when nobody's consent is missing.
func (m *model) review(o *organization) {
	if o.change == nil || o.change.state != "REQUESTED" {
		return
	}
	for _, h := range m.handshakes {
		if h.parent == o.change && h.state != "ACCEPTED" && !h.waived {
			return
		}
	}
	o.change.state = "OPEN"
}

// finish ends the change of features and what still waits below it.
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
	if m.places(o) >= placesQuota {
		return "HandshakeConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED"
	}
	return ""
}

// answer judges one of accept, decline and cancel, and carries it out.
func (m *model) answer(a *account, h *agreement, verb string) string {
	if h.state == "GONE" {
		return "HandshakeNotFoundException"
	}
	right := h.recipient == a
	to := map[string]string{"Accept": "ACCEPTED", "Decline": "DECLINED", "Cancel": "CANCELED"}[verb]
	if verb == "Cancel" || h.recipient == nil {
		right = h.sender == a
	}
	if h.recipient == nil && verb == "Decline" {
		right = false
	}
	switch {
	case !right:
		return denied
	case h.state == to:
		return "HandshakeAlreadyInStateException"
	case h.state != "OPEN" && !(h.state == "REQUESTED" && verb == "Cancel"):
		return "InvalidHandshakeTransitionException"
	}
	switch {
	case h.kind == "INVITE" && verb == "Accept":
		if a.manages() {
			return "MasterCannotLeaveOrganizationException"
		}
		if a.org != nil {
			return "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION"
		}
		m.end(h, to)
		m.join(a, h.org, true)
	case h.kind == "ENABLE_ALL_FEATURES":
		m.finish(h.org, to)
		if verb == "Accept" {
			h.org.allFeatures = true
		}
	default:
		m.end(h, to)
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

// place finds a root or unit of an organization.
func (o *organization) place(id string) bool { return id == o.root || o.units[id] != nil }

func (o *organization) depth(id string) int {
	if id == o.root {
		return 0
	}
	return o.units[id].depth
}

func (o *organization) taken(parent, name, except string) bool {
	for id, u := range o.units {
		if id != except && u.parent == parent && u.name == name {
			return true
		}
	}
	return false
}

func (m *model) createUnit(a *account, parent, name string) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.place(parent):
		return "ParentNotFoundException"
	case a.org.taken(parent, name, ""):
		return "DuplicateOrganizationalUnitException"
	case a.org.depth(parent) >= depthQuota:
		return "ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED"
	}
	return ""
}

func (m *model) renameUnit(a *account, id, name string) string {
	switch e := a.management(); {
	case e != "":
		return e
	case a.org.units[id] == nil:
		return "OrganizationalUnitNotFoundException"
	case a.org.taken(a.org.units[id].parent, name, id):
		return "DuplicateOrganizationalUnitException"
	}
	a.org.units[id].name = name
	return ""
}

func (m *model) deleteUnit(a *account, id string) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	if o.units[id] == nil {
		return "OrganizationalUnitNotFoundException"
	}
	for _, u := range o.units {
		if u.parent == id {
			return "OrganizationalUnitNotEmptyException"
		}
	}
	for _, member := range m.members(o) {
		if member.parent == id {
			return "OrganizationalUnitNotEmptyException"
		}
	}
	delete(o.units, id)
	delete(o.attached, id)
	return ""
}

func (m *model) move(a, target *account, from, to string) string {
	switch e := a.management(); {
	case e != "":
		return e
	case target.org != a.org:
		return "AccountNotFoundException"
	case !a.org.place(from):
		return "SourceParentNotFoundException"
	case !a.org.place(to):
		return "DestinationParentNotFoundException"
	case target.parent == to:
		return "DuplicateAccountException"
	case target.parent != from:
		return "AccountNotFoundException"
	}
	target.parent = to
	return ""
}

// targets lists everything that policies can be attached to.
func (m *model) targets(o *organization) []string {
	list := append([]string{o.root}, slices.Sorted(maps.Keys(o.units))...)
	for _, a := range m.members(o) {
		list = append(list, a.id)
	}
	return list
}

func (m *model) enableType(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.allFeatures:
		return "PolicyTypeNotAvailableForOrganizationException"
	case a.org.enabled:
		return "PolicyTypeAlreadyEnabledException"
	}
	a.org.enabled = true
	for _, t := range m.targets(a.org) {
		a.org.attached[t] = []string{fullAccess}
	}
	return ""
}

func (m *model) disableType(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.allFeatures:
		return "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"
	case !a.org.enabled:
		return "PolicyTypeNotEnabledException"
	}
	a.org.enabled = false
	clear(a.org.attached)
	return ""
}

func (m *model) createPolicy(a *account) string {
	switch e := a.management(); {
	case e != "":
		return e
	case !a.org.allFeatures:
		return "PolicyTypeNotAvailableForOrganizationException"
	}
	return ""
}

func (m *model) deletePolicy(a *account, id string) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	if !o.policies[id] {
		return "PolicyNotFoundException"
	}
	for _, attached := range o.attached {
		if slices.Contains(attached, id) {
			return "PolicyInUseException"
		}
	}
	delete(o.policies, id)
	return ""
}

// attachable judges what attaching and detaching have in common.
func (m *model) attachable(a *account, policy, target string) string {
	if e := a.management(); e != "" {
		return e
	}
	o := a.org
	switch {
	case !o.allFeatures:
		return "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"
	case policy != fullAccess && !o.policies[policy]:
		return "PolicyNotFoundException"
	case !slices.Contains(m.targets(o), target):
		return "TargetNotFoundException"
	}
	return ""
}

func (m *model) attach(a *account, policy, target string) string {
	if e := m.attachable(a, policy, target); e != "" {
		return e
	}
	o := a.org
	switch {
	case !o.enabled:
		return "PolicyTypeNotEnabledException"
	case slices.Contains(o.attached[target], policy):
		return "DuplicatePolicyAttachmentException"
	case len(o.attached[target]) >= attachmentQuota:
		return "ConstraintViolationException MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
	}
	o.attached[target] = append(o.attached[target], policy)
	return ""
}

func (m *model) detach(a *account, policy, target string) string {
	if e := m.attachable(a, policy, target); e != "" {
		return e
	}
	attached := a.org.attached[target]
	switch {
	case !slices.Contains(attached, policy):
		return "PolicyNotAttachedException"
	case len(attached) == 1:
		return "ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
	}
	a.org.attached[target] = slices.DeleteFunc(slices.Clone(attached), func(p string) bool { return p == policy })
	return ""
}

// pass lets time go by: what is unanswered lapses, what is finished disappears.
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

// String shows the paper, for a history that failed.
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
