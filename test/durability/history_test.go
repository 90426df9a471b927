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

// outcome is what a client knows of a request when it is over.
type outcome string

const (
	// acknowledged: the client has read a 200.
	acknowledged outcome = "acknowledged"
	// refused: the client has read an error that says that nothing happened.
	refused outcome = "refused"
	// unknown: the connection broke, or the server said that it does not know.
	unknown outcome = "unknown"
	// unsent: there was no server to send it to.
	unsent outcome = "unsent"
)

// verb is what a client asks for.
type verb string

const (
	invite  verb = "invite"
	accept  verb = "accept"
	decline verb = "decline"
	cancel  verb = "cancel"
	leave   verb = "leave"
	remove  verb = "remove"
	create  verb = "create"
)

// entry is one line of the history: one request of a client, from its start to
// its end.
type entry struct {
	Round  int  `json:"round"`
	Worker int  `json:"worker"`
	Verb   verb `json:"verb"`
	// Organization is the one that invites, removes or creates, or that is left.
	Organization string `json:"organization,omitempty"`
	// Account is the one that the request is about; empty for a creation.
	Account string `json:"account,omitempty"`
	// By is how an invitation names the account: ACCOUNT or EMAIL.
	By string `json:"by,omitempty"`
	// Token stands in what an invitation or a creation leaves behind, and in nothing
	// else: it is found without the answer. For an answer to an invitation it is
	// the token of that.
	Token string `json:"token,omitempty"`
	// Email is the address of a creation.
	Email   string  `json:"email,omitempty"`
	Outcome outcome `json:"outcome"`
	// ID is what an acknowledgement names: a handshake or a creation request.
	ID string `json:"id,omitempty"`
	// Error is the name of the exception, or what the client saw instead of one.
	Error string    `json:"error,omitempty"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

func (e entry) String() string {
	return fmt.Sprintf("%s %s of %s by %s (round %d, worker %d): %s %s", e.Verb, e.Token, e.Account, e.Organization,
		e.Round, e.Worker, e.Outcome, e.Error)
}

// history is the file into which the clients write what they asked and what they
// were told. It outlives the server, and the checker reads nothing else.
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

// rest reads the lines that were written since the last time.
func (h *history) rest() ([]entry, error) {
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

// invitation is what is known of one invitation: who sent it, whether to the id or
// to the address of the account, and its state.
type invitation struct{ organization, by, state string }

// life is everything that can be seen of one account of the clients.
type life struct {
	// member is the organization that the account is in; empty for none.
	member string
	// invitations are those that the account ever got, by their tokens.
	invitations map[string]invitation
}

func (l life) clone() life { return life{l.member, maps.Clone(l.invitations)} }

func (l life) equal(other life) bool {
	return l.member == other.member && maps.Equal(l.invitations, other.invitations)
}

// apply is what an entry does when it happens, and false when it cannot happen.
func (l life) apply(e entry) (life, bool) {
	next := l.clone()
	i := next.invitations[e.Token]
	open := i.state == "OPEN"
	become := func(state string) {
		i.state = state
		next.invitations[e.Token] = i
	}
	switch e.Verb {
	case invite:
		for _, other := range l.invitations {
			if other == (invitation{e.Organization, e.By, "OPEN"}) {
				return l, false
			}
		}
		next.invitations[e.Token] = invitation{e.Organization, e.By, "OPEN"}
		// Who sends to an address does not learn whose it is, nor where that is a member.
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

// creation is what the history says of one request to create an account.
type creation struct {
	entry entry
	// there says whether the request exists; nobody knows while fixed is false.
	there, fixed bool
}

// checker compares what there is with what was acknowledged. Each account of the
// clients has one owner, who does one thing after the other with it, so that the
// lives that it can have had are few: an acknowledged request happened, a refused
// one did not and could not, and an unknown one did or did not. What is read fixes
// which, for ever.
type checker struct {
	lives     map[string][]life
	creations map[string]*creation
	// ids are the handshakes that acknowledged invitations named, by token.
	ids map[string]string
	// count is how many entries had each outcome.
	count map[outcome]int
	// lost are acknowledged changes that are not there.
	lost int
}

func newChecker() *checker {
	return &checker{lives: map[string][]life{}, creations: map[string]*creation{}, ids: map[string]string{}, count: map[outcome]int{}}
}

// livesOf are the lives that an account can have had until now.
func (c *checker) livesOf(account string) []life {
	if c.lives[account] == nil {
		c.lives[account] = []life{{invitations: map[string]invitation{}}}
	}
	return c.lives[account]
}

// follow takes the next entries of the history, and says which of them cannot be.
func (c *checker) follow(entries []entry) (faults []string) {
	for _, e := range entries {
		c.count[e.Outcome]++
		if e.Verb == create {
			c.creations[e.Token] = &creation{entry: e, there: e.Outcome == acknowledged, fixed: e.Outcome != unknown}
			continue
		}
		if e.Verb == invite && e.Outcome == acknowledged {
			c.ids[e.Token] = e.ID
		}
		var possible []life
		for _, l := range c.livesOf(e.Account) {
			next, can := l.apply(e)
			switch e.Outcome {
			case acknowledged:
				if can {
					possible = append(possible, next)
				}
			case refused:
				// One that lost against others may be tried again; every other refusal says
				// that the request cannot happen as things are.
				if !can || e.Error == "ConcurrentModificationException" {
					possible = append(possible, l)
				}
			case unknown:
				possible = append(possible, l)
				if can {
					possible = append(possible, next)
				}
			case unsent:
				possible = append(possible, l)
			}
		}
		if len(possible) == 0 {
			faults = append(faults, "contradicts what was before: "+e.String())
			continue
		}
		c.lives[e.Account] = possible
	}
	return faults
}

// observed is everything that the API shows.
type observed struct {
	lives map[string]life
	// ids are the handshakes by their tokens; creations and accounts count what has a
	// token in its name or address.
	ids       map[string]string
	creations map[string][]status
	accounts  map[string][]string
	faults    []string
}

// status is a request to create an account as the API shows it.
type status struct{ state, reason, account string }

// compare judges what was seen, and fixes what was unknown.
func (c *checker) compare(o observed) (faults []string) {
	faults = append(faults, o.faults...)
	for _, account := range slices.Sorted(maps.Keys(o.lives)) {
		if len(o.lives[account].invitations) > 0 {
			c.livesOf(account)
		}
	}
	for _, account := range slices.Sorted(maps.Keys(c.lives)) {
		seen := o.lives[account]
		if seen.invitations == nil {
			seen.invitations = map[string]invitation{}
		}
		if !slices.ContainsFunc(c.lives[account], seen.equal) {
			faults = append(faults, fmt.Sprintf("account %s: there is %v, possible is %v", account, seen, c.lives[account]))
			c.lost += missing(c.lives[account][0], seen)
		}
		c.lives[account] = []life{seen}
	}
	for token, id := range c.ids {
		if found, there := o.ids[token]; there && found != id {
			faults = append(faults, fmt.Sprintf("invitation %s was acknowledged as %s and is %s", token, id, found))
		}
	}
	for _, token := range slices.Sorted(maps.Keys(c.creations)) {
		faults = append(faults, c.compareCreation(token, o)...)
	}
	for token := range o.creations {
		if c.creations[token] == nil {
			faults = append(faults, "nobody asked for the creation "+token)
		}
	}
	return faults
}

// missing counts the changes of a life that are not in another.
func missing(possible, seen life) (n int) {
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

// compareCreation judges one request: it is there once or not at all, it has
// ended, and the account that it promises is there exactly once.
func (c *checker) compareCreation(token string, o observed) (faults []string) {
	wanted, found := c.creations[token], o.creations[token]
	if !wanted.fixed {
		wanted.there, wanted.fixed = len(found) > 0, true
	}
	complain := func(format string, args ...any) {
		faults = append(faults, fmt.Sprintf("%v: ", wanted.entry)+fmt.Sprintf(format, args...))
	}
	switch {
	case wanted.there && len(found) == 0:
		c.lost++
		complain("it is not there")
		wanted.there = false
		return faults
	case !wanted.there:
		own := token + "@made.example"
		if len(found) > 0 || len(o.accounts[own]) > 0 {
			complain("it is there: %v %v", found, o.accounts[own])
		}
		return faults
	case len(found) > 1:
		complain("it is there %d times", len(found))
	}
	own := strings.HasPrefix(wanted.entry.Email, token+"@")
	made := o.accounts[wanted.entry.Email]
	switch end := found[0]; {
	case end.state == "SUCCEEDED" && own:
		if len(made) != 1 || made[0] != end.account {
			complain("it made %s, there are %v", end.account, made)
		}
	case end.state == "FAILED" && !own && end.reason == "EMAIL_ALREADY_EXISTS":
	default:
		complain("it ended as %v", end)
	}
	return faults
}
