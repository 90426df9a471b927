// Package profile gathers what the page of an account shows: who it is, what binds it, and
// what it may.
package profile

import (
	"slices"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/ident"
	"accord/internal/org"
)

// Profile is what the page of an account shows.
type Profile struct {
	ID, Name, Email, State string
	// Registered is the account as the operator sees it; nil without the powers of the admin API.
	Registered *visit.Account
	// Organization is the one that the account is in, as far as the person may know; nil if it
	// is in none. Joined is empty too then.
	Organization *chart.Organization
	Joined       *chart.Member
	// Path is the way from the root to the account, without it.
	Path []chart.Node
	Tags []chart.Tag
	// TagsHidden says that the person may not see the tags.
	TagsHidden bool
	Handshakes []Agreement
	Delegated  []Service
	Binding    Binding
	Question   Question
	// Happened are the newest records about the account; none without the powers of the admin API.
	Happened []visit.Happened
	// States are those that the operator can set.
	States []org.AccountState
}

// states are those that the operator can set.
var states = []org.AccountState{org.Active, org.Suspended, org.PendingActivation, org.Closed}

// PageTitle is the title of the page.
func (p Profile) PageTitle() string { return p.Name }

// IsManagement reports whether the account manages its organization.
func (p Profile) IsManagement() bool {
	return p.Organization != nil && p.Organization.Management == ident.AccountID(p.ID)
}

// Agreement is a handshake with the account.
type Agreement struct {
	ID, State, Action   string
	RequestedTimestamp  visit.Instant
	ExpirationTimestamp visit.Instant
	Parties             []struct{ ID, Type string }
}

// Service is one for which the account is a delegated administrator.
type Service struct {
	ServicePrincipal      string
	DelegationEnabledDate visit.Instant
}

// Show reads the account of the address, whose query says which policy type is shown, and what is
// asked.
func Show(v *visit.Visit) (any, error) {
	id, query := v.PathValue("account"), v.URL.Query()
	p := Profile{ID: id, States: states}
	if !ident.AccountID(id).Valid() {
		return p, errUnknown
	}
	if err := p.identify(v); err != nil {
		return p, err
	}
	for _, read := range []func(*visit.Visit) error{p.readPath, p.readTags, p.readHandshakes, p.readDelegated} {
		if err := read(v); err != nil {
			return p, err
		}
	}
	var err error
	if p.Organization != nil && p.Joined != nil {
		own := chart.Node{ID: p.ID, Name: p.Name, Kind: chart.Account}
		if p.Binding, err = bind(v, append(slices.Clip(p.Path), own), query.Get("type")); err != nil {
			return p, err
		}
	}
	if p.Question, err = ask(v, id, query); err != nil {
		return p, err
	}
	return p, p.readHappened(v)
}

// identify finds out who the account is: by the API, as far as that shows it to the person, and
// by the admin API.
func (p *Profile) identify(v *visit.Visit) (err error) {
	if p.Registered, err = v.AccountByID(ident.AccountID(p.ID)); err != nil {
		return err
	}
	switch found := p.Registered; {
	case found != nil:
		p.Name, p.Email, p.State = found.Name, found.Email, found.State
	case v.Powers:
		return errUnknown
	}
	if p.Organization, err = chart.Describe(v); err != nil {
		return err
	}
	if p.Registered != nil && (p.Organization == nil || string(p.Registered.Organization) != p.Organization.ID) {
		p.Organization = nil
		return nil
	}
	switch described, err := chart.DescribeMember(v, p.ID); {
	case err == nil:
		p.Joined = &described
		p.Name, p.Email, p.State = p.Joined.Name, p.Joined.Email, p.Joined.State
	case !hidden(err) && !visit.Is(err, "AccountNotFoundException", "AWSOrganizationsNotInUseException"):
		return err
	case p.Registered == nil && string(v.As) != p.ID:
		return errUnknown
	}
	return nil
}

// readPath finds the names of what is above the account.
func (p *Profile) readPath(v *visit.Visit) error {
	if p.Joined == nil {
		return nil
	}
	for _, id := range p.Joined.Path() {
		n := chart.Node{ID: id, Name: id, Kind: chart.KindOf(id)}
		switch n.Kind {
		case chart.Root:
			n.Name = "Root"
		case chart.Unit:
			unit, err := chart.DescribeUnit(v, id)
			if err != nil {
				return unlessHidden(err)
			}
			n.Name = unit.Name
		case chart.Account:
			continue
		}
		p.Path = append(p.Path, n)
	}
	return nil
}

func (p *Profile) readTags(v *visit.Visit) (err error) {
	if p.Organization == nil {
		return nil
	}
	p.Tags, _, err = visit.Each[chart.Tag](v, "ListTagsForResource", "Tags", map[string]any{"ResourceId": p.ID}, "", 3)
	p.TagsHidden = hidden(err)
	return unlessHidden(err)
}

// handshakePages bounds how many handshakes of the organization are looked at.
const handshakePages = 10

// readHandshakes finds the handshakes with the account, the newest first: as the account its own,
// otherwise those that the organization sent to it.
func (p *Profile) readHandshakes(v *visit.Visit) error {
	operation := "ListHandshakesForOrganization"
	if string(v.As) == p.ID {
		operation = "ListHandshakesForAccount"
	}
	all, _, err := visit.Each[Agreement](v, operation, "Handshakes", nil, "", handshakePages)
	if err != nil && !hidden(err) && !visit.Is(err, "AWSOrganizationsNotInUseException") {
		return err
	}
	for _, h := range all {
		for _, party := range h.Parties {
			if party.ID == p.ID || party.Type == "EMAIL" && party.ID == p.Email {
				p.Handshakes = append(p.Handshakes, h)
				break
			}
		}
	}
	slices.SortStableFunc(p.Handshakes, func(a, b Agreement) int { return int(b.RequestedTimestamp - a.RequestedTimestamp) })
	return nil
}

func (p *Profile) readDelegated(v *visit.Visit) (err error) {
	if p.Organization == nil {
		return nil
	}
	p.Delegated, _, err = visit.Each[Service](v, "ListDelegatedServicesForAccount", "DelegatedServices", map[string]any{"AccountId": p.ID}, "", 5)
	if visit.Is(err, "AccountNotRegisteredException", "AccountNotFoundException", "InvalidInputException") {
		return nil
	}
	return unlessHidden(err)
}

// mostHappened is how many records of an account are shown, of the newest.
const mostHappened = 12

func (p *Profile) readHappened(v *visit.Visit) error {
	if !v.Powers {
		return nil
	}
	records, err := v.RecordsWith("limit=500", `"`+p.ID+`"`)
	p.Happened = records[:min(len(records), mostHappened)]
	return err
}
