// Package organizations implements the operations of AWS Organizations: one
// method for each, and the work that the service does by itself when its time
// comes.
//
// A method opens one transaction, asks the rules (handshake, org, limits, rules),
// writes rows and answers. It knows no SQL, no byte of the wire and no way in.
package organizations

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/behavior"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// Options are what the service works with. All members but CreationFailure and
// Committed are needed.
type Options struct {
	Store    *store.Store
	Jobs     *jobs.Loop
	Source   *ident.Source
	Behavior behavior.Set
	Quotas   *quota.Set
	Log      *slog.Logger
	// Registered is true where a call or an invitation makes the account that it
	// names: in the open sandbox.
	RegisterCallers bool
	// CreationFailure, when set, is the fault table: it says whether the work that
	// an operation of an account begins has to fail, and with which FailureReason.
	CreationFailure func(operation, account string) (reason string, fails bool)
	// Committed, when set, is called after each change, so that due work and
	// letters need not wait for their turn.
	Committed func()
}

// Service implements orgapi.Service.
type Service struct {
	orgapi.Unimplemented
	Options
	parsed  parsedPolicies
	pages   *page.Sealer
	effects map[handshake.Effect]effect
}

// New returns the service, and registers its due work with the loop.
func New(ctx context.Context, options Options) (*Service, error) {
	key, err := options.Store.Secret(ctx, store.TokenKey)
	if err != nil {
		return nil, err
	}
	s := &Service{Options: options, pages: page.NewSealer(key)}
	s.effects = s.handshakeEffects()
	s.registerDueWork()
	return s, nil
}

// fault turns what a transaction returned into what the caller of an operation
// is told.
func (s *Service) fault(operation string, err error) error {
	var told *api.Error
	switch {
	case errors.As(err, &told):
		if told.Setting != "" {
			s.Log.Info("a limit was met", "exception", told.Type, "reason", told.Reason, "raised by", told.Setting)
		}
		return told
	case errors.Is(err, store.ErrConflict):
		lost := orgapi.ErrConcurrentModification()
		if !orgapi.Operations[operation].MayReturn(lost.Type) {
			// One operation does not declare it; clients repeat this one as well.
			lost = orgapi.ErrTooManyRequests().Saying(orgapi.TextTooManyRequestsInProgress)
		}
		return lost.Because(err)
	default:
		return orgapi.ErrService().Because(err)
	}
}

// committed tells whoever waits for changes that there is one, and for when it
// planned work; zero for none.
func (s *Service) committed(planned time.Time) {
	if !planned.IsZero() {
		s.Jobs.WakeBy(planned)
	}
	if s.Committed != nil {
		s.Committed()
	}
}
