package organizations

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/org"
	"accord/internal/store"
)

const day = 24 * time.Hour

// The kinds of due work of this package; the subject of each is an id, except
// where it says otherwise.
const (
	handshakeExpires = "handshake expires"
	handshakeGone    = "handshake gone"
	creationEnds     = "account creation ends"
	creationGone     = "account creation gone"
	closureEnds      = "account closure ends"
	accountGone      = "account gone"
	// numberReleased: a rolling quota counts one less. Its subject is the name of
	// the number, a slash, and what was counted.
	numberReleased = "number released"
	inboundEnds    = "inbound transfer ends"
	outboundEnds   = "outbound transfer ends"
	transferGone   = "transfer gone"
	// The next four belong to the installation; their subjects name an enabling of a
	// policy type, and the first three what is to be done behind which place.
	effectivePoliciesBelow = "effective policies below"
	effectivePoliciesOf    = "effective policies of a policy"
	accountsJudged         = "accounts with effective policies judged"
	policyTypeDisabled     = "policy type disabled"
)

// registerDueWork says what is to be done for each kind.
func (s *Service) registerDueWork() {
	for kind, handler := range map[string]jobs.Handler{
		handshakeExpires:       s.handshakeExpires,
		handshakeGone:          s.handshakeGone,
		creationEnds:           s.creationEnds,
		creationGone:           s.creationGone,
		closureEnds:            s.closureEnds,
		accountGone:            s.accountGone,
		numberReleased:         s.numberReleased,
		inboundEnds:            s.inboundEnds,
		outboundEnds:           s.outboundEnds,
		transferGone:           s.transferGone,
		effectivePoliciesBelow: s.effectivePoliciesBelow,
		effectivePoliciesOf:    s.effectivePoliciesOf,
		accountsJudged:         s.accountsJudged,
		policyTypeDisabled:     s.policyTypeDisabled,
	} {
		s.Jobs.Handle(kind, handler)
	}
}

// expiryOf is the work that marks a handshake whose time is over.
func expiryOf(h *handshake.Handshake) store.Job {
	rank := 0
	if handshake.Rules[h.Kind].Child {
		rank = 1
	}
	return store.Job{
		Organization: h.Originator.Organization, At: h.Expires, Rank: rank, Kind: handshakeExpires, Subject: string(h.ID),
	}
}

// purgeOf is the work that removes a finished handshake. It belongs to the
// installation: the handshake may outlive its organization.
func purgeOf(h *handshake.Handshake) store.Job {
	at := h.PurgeAt()
	if handshake.Rules[h.Kind].Child && at.Before(h.Expires) {
		// Its parent may wait for the account until then, although nobody can read
		// the refusal any more.
		at = h.Expires
	}
	return store.Job{At: at, Kind: handshakeGone, Subject: string(h.ID)}
}

func (s *Service) handshakeExpires(_ context.Context, tx *store.Tx, d store.Job) error {
	// It expires also when nobody came to it before its retention was over: what it
	// held has to be given back.
	h, err := tx.HandshakeIncludingPurged(ident.HandshakeID(d.Subject))
	if err != nil {
		return ignoreMissing(err)
	}
	if h.Stored.Terminal() {
		return nil
	}
	return s.happen(tx, &h, handshake.Expire, d.At)
}

func (s *Service) handshakeGone(_ context.Context, tx *store.Tx, d store.Job) error {
	return tx.DeleteHandshake(ident.HandshakeID(d.Subject))
}

func (s *Service) creationEnds(_ context.Context, tx *store.Tx, d store.Job) error {
	c, err := tx.Creation(d.Organization, ident.CreationID(d.Subject))
	if err != nil {
		return ignoreMissing(err)
	}
	o, err := tx.Organization(d.Organization)
	if err != nil {
		return err
	}
	return s.finishCreation(tx, &c, &o, d.At)
}

func (s *Service) creationGone(_ context.Context, tx *store.Tx, d store.Job) error {
	return tx.DeleteCreation(d.Organization, ident.CreationID(d.Subject))
}

func (s *Service) closureEnds(_ context.Context, tx *store.Tx, d store.Job) error {
	return s.ofAccount(tx, d, org.PendingClosure, s.finishClosure)
}

func (s *Service) accountGone(_ context.Context, tx *store.Tx, d store.Job) error {
	return s.ofAccount(tx, d, org.Closed, s.forget)
}

// ofAccount does the work on an account of the organization that is in the
// state in which the work was planned.
func (s *Service) ofAccount(tx *store.Tx, d store.Job, in org.AccountState,
	work func(*store.Tx, *org.Account, *org.Organization, time.Time) error) error {
	place, err := tx.AccountWithOrganization(ident.AccountID(d.Subject))
	if err != nil {
		return ignoreMissing(err)
	}
	if place.Account.State != in || !place.Account.In(d.Organization) {
		return nil
	}
	return work(tx, &place.Account, place.Organization, d.At)
}

// accountGoneAt is the work that ends a closed account for good.
func accountGoneAt(place *store.AccountWithOrganization, at time.Time) store.Job {
	return store.Job{Organization: place.Organization.ID, At: at, Kind: accountGone, Subject: string(place.Account.ID)}
}

// releaseLater plans that a rolling quota counts one less when its window is
// over.
func (w *writing) releaseLater(counter store.CounterName, what string, window time.Duration) error {
	return w.tx.InsertJob(releaseOf(w.organization.ID, counter, what, w.Now().Add(window)))
}

// releaseOf is the work that lets a rolling quota count one less.
func releaseOf(organization ident.OrganizationID, counter store.CounterName, what string, at time.Time) store.Job {
	return store.Job{Organization: organization, At: at, Kind: numberReleased, Subject: string(counter) + "/" + what}
}

func (s *Service) numberReleased(_ context.Context, tx *store.Tx, d store.Job) error {
	counter, _, found := strings.Cut(d.Subject, "/")
	if !found {
		return fmt.Errorf("due work %q names no number", d.Subject)
	}
	return tx.AddToCounter(d.Organization, store.CounterName(counter), -1)
}

// ignoreMissing: what the work was planned for is gone, and so is the work.
func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
