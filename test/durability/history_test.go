package durability_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// outcome is what a client knows of a request that has ended.
type outcome string

const (
	// acknowledged: the client has read a 200.
	acknowledged outcome = "acknowledged"
	// failed: the client has read an error that says that nothing changed.
	failed outcome = "failed"
	// unknown: the connection broke, or the answer says that the outcome is unknown.
	unknown outcome = "unknown"
	// unsent: there was no server to send it to.
	unsent outcome = "unsent"
)

// action is what a client does.
type action string

const (
	invite  action = "invite"
	accept  action = "accept"
	decline action = "decline"
	cancel  action = "cancel"
	leave   action = "leave"
	remove  action = "remove"
	create  action = "create"
)

// entry is one line of the history: one request of a client, from its start to
// its end.
type entry struct {
	Round  int    `json:"round"`
	Worker int    `json:"worker"`
	Action action `json:"action"`
	// Organization is the one that invites, removes or creates, or that is left.
	Organization string `json:"organization,omitempty"`
	// Account is the one that the request is about; empty for a creation.
	Account string `json:"account,omitempty"`
	// By is how an invitation names the account: ACCOUNT or EMAIL.
	By string `json:"by,omitempty"`
	// Token is in the objects of one invitation or creation, and in no others, so that
	// they are found without the answer. For an answer to an invitation it is the token
	// of the invitation.
	Token string `json:"token,omitempty"`
	// Email is the address of a creation.
	Email   string  `json:"email,omitempty"`
	Outcome outcome `json:"outcome"`
	// ID is that of the handshake or the creation request in an acknowledgement.
	ID string `json:"id,omitempty"`
	// Error is the name of the exception, or the error of the client.
	Error string    `json:"error,omitempty"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

func (e entry) String() string {
	return fmt.Sprintf("%s %s of %s by %s (round %d, worker %d): %s %s", e.Action, e.Token, e.Account, e.Organization,
		e.Round, e.Worker, e.Outcome, e.Error)
}

// history is the file in which the clients record requests and answers. It outlives
// the server, and the checker reads nothing else.
type history struct {
	writing sync.Mutex
	file    *os.File
	// seen is how far the checker has read.
	seen int64
}

func openHistory(path string) (*history, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	return &history{file: file}, err
}

// add writes one line.
func (h *history) add(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	h.writing.Lock()
	defer h.writing.Unlock()
	_, err = h.file.Write(append(line, '\n'))
	return err
}

// unread reads the lines that were written since the last call.
func (h *history) unread() ([]entry, error) {
	var text bytes.Buffer
	n, err := io.Copy(&text, io.NewSectionReader(h.file, h.seen, 1<<40))
	if err != nil {
		return nil, err
	}
	h.seen += n
	var entries []entry
	for line := range bytes.Lines(text.Bytes()) {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// invitation is one invitation: the organization that sent it, whether to the id or
// to the address of the account, and its state.
type invitation struct{ organization, by, state string }

// accountState is everything that the API shows of one account of the clients.
type accountState struct {
	// member is the organization that the account is in; empty for none.
	member string
	// invitations are those that the account ever got, by their tokens.
	invitations map[string]invitation
}

func (l accountState) clone() accountState { return accountState{l.member, maps.Clone(l.invitations)} }

func (l accountState) equal(other accountState) bool {
	return l.member == other.member && maps.Equal(l.invitations, other.invitations)
}

// apply is the state after an entry, and false when the entry is not allowed.
func (l accountState) apply(e entry) (accountState, bool) {
	next := l.clone()
	i := next.invitations[e.Token]
	open := i.state == "OPEN"
	become := func(state string) {
		i.state = state
		next.invitations[e.Token] = i
	}
	switch e.Action {
	case invite:
		for _, other := range l.invitations {
			if other == (invitation{e.Organization, e.By, "OPEN"}) {
				return l, false
			}
		}
		next.invitations[e.Token] = invitation{e.Organization, e.By, "OPEN"}
		// Inviting an address does not reveal its owner, nor whether that is a member.
		return next, l.member == "" || e.By == "EMAIL"
	case accept:
		next.member = i.organization
		become("ACCEPTED")
		return next, open && l.member == ""
	case decline:
		become("DECLINED")
		return next, open
	case cancel:
		become("CANCELED")
		return next, open
	case leave, remove:
		next.member = ""
		return next, l.member != "" && l.member == e.Organization
	}
	return l, false
}

// creation is one request to create an account, as the history has it.
type creation struct {
	entry entry
	// there says whether the request exists, which is unknown while fixed is false.
	there, fixed bool
}

// checker compares what is there with what was acknowledged. Each account belongs to
// one client, which sends one request at a time, so that the states it can be in are
// few: an acknowledged request happened, a failed one did not and was not allowed,
// and an unknown one did or did not. The next reading decides which.
type checker struct {
	states    map[string][]accountState
	creations map[string]*creation
	// ids are the handshakes that acknowledged invitations named, by token.
	ids map[string]string
	// count is how many entries had each outcome.
	count map[outcome]int
	// lost are acknowledged changes that are not there.
	lost int
}

func newChecker() *checker {
	return &checker{states: map[string][]accountState{}, creations: map[string]*creation{}, ids: map[string]string{}, count: map[outcome]int{}}
}

// possible are the states that an account can be in.
func (c *checker) possible(account string) []accountState {
	if c.states[account] == nil {
		c.states[account] = []accountState{{invitations: map[string]invitation{}}}
	}
	return c.states[account]
}

// follow takes the next entries of the history, and returns those that contradict it.
func (c *checker) follow(entries []entry) (findings []string) {
	for _, e := range entries {
		c.count[e.Outcome]++
		if e.Action == create {
			c.creations[e.Token] = &creation{entry: e, there: e.Outcome == acknowledged, fixed: e.Outcome != unknown}
			continue
		}
		if e.Action == invite && e.Outcome == acknowledged {
			c.ids[e.Token] = e.ID
		}
		var next []accountState
		for _, l := range c.possible(e.Account) {
			after, allowed := l.apply(e)
			switch e.Outcome {
			case acknowledged:
				if allowed {
					next = append(next, after)
				}
			case failed:
				// A request that lost a conflict may be tried again; every other error says
				// that it is not allowed in this state.
				if !allowed || e.Error == "ConcurrentModificationException" {
					next = append(next, l)
				}
			case unknown:
				next = append(next, l)
				if allowed {
					next = append(next, after)
				}
			case unsent:
				next = append(next, l)
			}
		}
		if len(next) == 0 {
			findings = append(findings, "contradicts earlier answers: "+e.String())
			continue
		}
		c.states[e.Account] = next
	}
	return findings
}

// observed is everything that the API shows.
type observed struct {
	states map[string]accountState
	// ids are the handshakes by their tokens; creations and accounts count what has a
	// token in its name or address.
	ids       map[string]string
	creations map[string][]status
	accounts  map[string][]string
	findings  []string
}

// status is a request to create an account as the API shows it.
type status struct{ state, reason, account string }

// compare checks what was read, and resolves what was unknown.
func (c *checker) compare(o observed) (findings []string) {
	findings = append(findings, o.findings...)
	for _, account := range slices.Sorted(maps.Keys(o.states)) {
		if len(o.states[account].invitations) > 0 {
			c.possible(account)
		}
	}
	for _, account := range slices.Sorted(maps.Keys(c.states)) {
		seen := o.states[account]
		if seen.invitations == nil {
			seen.invitations = map[string]invitation{}
		}
		if !slices.ContainsFunc(c.states[account], seen.equal) {
			findings = append(findings, fmt.Sprintf("account %s: found %v, possible are %v", account, seen, c.states[account]))
			c.lost += missing(c.states[account][0], seen)
		}
		c.states[account] = []accountState{seen}
	}
	for token, id := range c.ids {
		if found, there := o.ids[token]; there && found != id {
			findings = append(findings, fmt.Sprintf("invitation %s was acknowledged as %s and is %s", token, id, found))
		}
	}
	for _, token := range slices.Sorted(maps.Keys(c.creations)) {
		findings = append(findings, c.compareCreation(token, o)...)
	}
	for token := range o.creations {
		if c.creations[token] == nil {
			findings = append(findings, "no client requested the creation "+token)
		}
	}
	return findings
}

// missing counts the changes of a state that another lacks.
func missing(possible, seen accountState) (n int) {
	for token, i := range possible.invitations {
		if seen.invitations[token] != i {
			n++
		}
	}
	if n == 0 && possible.member != seen.member {
		n = 1
	}
	return n
}

// compareCreation checks one request: it is there once or not at all, it has
// ended, and its account is there exactly once.
func (c *checker) compareCreation(token string, o observed) (findings []string) {
	wanted, found := c.creations[token], o.creations[token]
	if !wanted.fixed {
		wanted.there, wanted.fixed = len(found) > 0, true
	}
	report := func(format string, args ...any) {
		findings = append(findings, fmt.Sprintf("%v: ", wanted.entry)+fmt.Sprintf(format, args...))
	}
	switch {
	case wanted.there && len(found) == 0:
		c.lost++
		report("it is not there")
		wanted.there = false
		return findings
	case !wanted.there:
		own := token + "@made.example"
		if len(found) > 0 || len(o.accounts[own]) > 0 {
			report("it is there: %v %v", found, o.accounts[own])
		}
		return findings
	case len(found) > 1:
		report("it is there %d times", len(found))
	}
	own := strings.HasPrefix(wanted.entry.Email, token+"@")
	made := o.accounts[wanted.entry.Email]
	switch end := found[0]; {
	case end.state == "SUCCEEDED" && own:
		if len(made) != 1 || made[0] != end.account {
			report("it made %s, there are %v", end.account, made)
		}
	case end.state == "FAILED" && !own && end.reason == "EMAIL_ALREADY_EXISTS":
	default:
		report("it ended as %v", end)
	}
	return findings
}
