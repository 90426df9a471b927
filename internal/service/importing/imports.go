package importing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"accord/internal/clone"
	"accord/internal/seed"
	"accord/internal/seed/compare"
	"accord/internal/service/seeding"
)

// Request says what is read, and what becomes of it.
type Request struct {
	Source Source `json:"source"`
	// Mask replaces addresses and the names of accounts, MaskUnits those of units too. MaskKey
	// gives the same masks again; without it the key is random.
	Mask      bool   `json:"mask,omitempty"`
	MaskUnits bool   `json:"maskUnits,omitempty"`
	MaskKey   string `json:"maskKey,omitempty"`
	// Replace takes the place of the organization, if the server has it already.
	Replace bool `json:"replace,omitempty"`
}

// Public is the request without its secrets.
func (r Request) Public() Request {
	r.Source, r.MaskKey = r.Source.public(), ""
	return r
}

// Kind is what is done with what was read.
type Kind string

// The kinds.
const (
	// Import makes the organization here, and Compare says what has changed since.
	Import  Kind = "import"
	Compare Kind = "drift"
)

// Check refuses a request that cannot be.
func (r Request) Check(kind Kind) error {
	masks := r.Mask || r.MaskUnits
	switch {
	case r.MaskKey != "" && !masks:
		return wrong("maskKey", "it is the key of a mask")
	case r.MaskKey == "" && masks && kind == Compare:
		return wrong("maskKey", "the key of the import is expected, else every name differs")
	case r.Replace && kind == Compare:
		return wrong("replace", "a comparison changes nothing")
	}
	if r.MaskKey != "" {
		if _, err := clone.MaskKey(r.MaskKey); err != nil {
			return wrong("maskKey", "%s", err)
		}
	}
	return r.Source.Check()
}

// State is how far an import is.
type State string

// The states.
const (
	// None: nothing was imported since the start of the server.
	None     State = "none"
	Reading  State = "reading"
	Applying State = "applying"
	Done     State = "done"
	Failed   State = "failed"
	Canceled State = "canceled"
)

// Status is what is known of an import.
type Status struct {
	Kind  Kind  `json:"kind,omitempty"`
	State State `json:"state"`
	// Source names what is read, and Request is what was asked for, both without secrets.
	Source  string  `json:"source,omitempty"`
	Request Request `json:"request,omitzero"`
	// Begun and Ended are by the clock of the machine.
	Begun time.Time  `json:"begun,omitzero"`
	Ended *time.Time `json:"ended,omitempty"`
	// Done of Of calls that are known by now have been answered.
	Done int `json:"done"`
	Of   int `json:"of"`
	// Organization was read, with so many things; NotRead is what it lacks, and why.
	Organization string        `json:"organization,omitempty"`
	Counts       *clone.Counts `json:"counts,omitempty"`
	NotRead      []string      `json:"notRead,omitempty"`
	// Changes is how many an import made, Skipped what could not be made, and Clock the instant
	// to which the clock of the server was moved.
	Changes int               `json:"changes,omitempty"`
	Skipped []seeding.Skipped `json:"skipped,omitempty"`
	Clock   *time.Time        `json:"clock,omitempty"`
	// Drift is what has changed in the source.
	Drift *compare.Report `json:"drift,omitempty"`
	// Error is why it failed.
	Error string `json:"error,omitempty"`
}

// Running reports whether the import goes on.
func (s Status) Running() bool { return s.State == Reading || s.State == Applying }

// The errors of Imports.
var (
	// ErrBusy: one import at a time.
	ErrBusy = errors.New("another import runs; wait for its end, or cancel it")
	// ErrNone: there is nothing to cancel.
	ErrNone = errors.New("nothing was imported since the start of the server")
	// ErrNoClient: the program is not linked with what calls other servers.
	ErrNoClient = errors.New("this server calls no other ones")
)

// Options are what imports are made with.
type Options struct {
	Target Target
	// Open opens a source; nil where the program cannot call other servers.
	Open func(ctx context.Context, s Source) (clone.Source, error)
	// Now is the time of the machine, Key makes the random key of a mask.
	Now func() time.Time
	Key func() []byte
	// Run runs what goes on in the background, with a context that ends when the server stops.
	Run func(func(ctx context.Context))
	Log *slog.Logger
}

// Imports are those of a server, one at a time, in memory: what is known of the last one, which
// costs nothing before the first. Its methods may be called concurrently.
type Imports struct {
	Options
	mu     sync.Mutex
	status *Status
	cancel context.CancelFunc
}

// New returns the imports of a server.
func New(o Options) *Imports { return &Imports{Options: o} }

// Status is what is known of the last import.
func (i *Imports) Status() Status {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.status == nil {
		return Status{State: None}
	}
	return *i.status
}

// Start begins an import, which goes on when the context has ended; its values stay. recorded is
// called before it begins, unless another one runs.
func (i *Imports) Start(ctx context.Context, kind Kind, r Request, recorded func() error) (Status, error) {
	if err := r.Check(kind); err != nil {
		return Status{}, err
	}
	if i.Open == nil {
		return Status{}, ErrNoClient
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.status != nil && i.status.Running() {
		return Status{}, ErrBusy
	}
	if err := recorded(); err != nil {
		return Status{}, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	status := &Status{Kind: kind, State: Reading, Source: r.Source.String(), Request: r.Public(), Begun: i.Now()}
	i.status, i.cancel = status, cancel
	i.Log.InfoContext(ctx, "an organization is read elsewhere", "for", kind, "source", status.Source)
	i.Run(func(server context.Context) {
		stop := context.AfterFunc(server, cancel)
		defer stop()
		defer cancel()
		i.end(ctx, status, i.run(ctx, status, kind, r))
	})
	return *status, nil
}

// Cancel ends the import that runs, or forgets what is known of the last one.
func (i *Imports) Cancel(recorded func() error) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.status == nil:
		return ErrNone
	case !i.status.Running():
		i.status, i.cancel = nil, nil
		return nil
	}
	if err := recorded(); err != nil {
		return err
	}
	i.cancel()
	return nil
}

// change changes what is known of an import.
func (i *Imports) change(f func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f()
}

// run reads the organization, and imports or compares it.
func (i *Imports) run(ctx context.Context, status *Status, kind Kind, r Request) error {
	d, err := i.read(ctx, status, r)
	if err != nil {
		return err
	}
	counts, notRead := clone.Count(d), clone.NotRead(d)
	i.change(func() {
		status.State, status.Organization, status.Counts, status.NotRead = Applying, d.Organizations[0].ID, &counts, notRead
	})
	if kind == Compare {
		report, err := Drift(ctx, i.Target, d)
		i.change(func() { status.Drift = report })
		return err
	}
	brought, err := Bring(ctx, i.Target, d, r.Replace)
	if err != nil {
		return err
	}
	i.change(func() {
		status.Changes, status.Skipped = len(brought.Changes), brought.Skipped
		if !brought.Clock.IsZero() {
			status.Clock = &brought.Clock
		}
	})
	return nil
}

// read reads the organization of the source. With its end nothing holds the credentials.
func (i *Imports) read(ctx context.Context, status *Status, r Request) (*seed.Document, error) {
	source, err := i.Open(ctx, r.Source)
	if err != nil {
		return nil, err
	}
	d, err := clone.Read(ctx, newDiscreet(source, r.Source), clone.Options{Now: i.Now(), Progress: func(done, of int) {
		i.change(func() { status.Done, status.Of = done, of })
	}})
	if err != nil || !r.Mask && !r.MaskUnits {
		return d, err
	}
	key := i.Key()
	if r.MaskKey != "" {
		if key, err = clone.MaskKey(r.MaskKey); err != nil {
			return nil, err
		}
	}
	clone.Mask{Key: key, Units: r.MaskUnits}.Apply(d)
	return d, nil
}

// mostError bounds the text of an error: a server may answer anything.
const mostError = 2 << 10

// end says how an import has ended. The log has no text of the source.
func (i *Imports) end(ctx context.Context, status *Status, err error) {
	now := i.Now()
	i.change(func() {
		status.Ended = &now
		switch {
		case err == nil:
			status.State = Done
		case ctx.Err() != nil:
			status.State, status.Error = Canceled, "it was canceled, or the server was stopped: nothing was changed"
		default:
			status.State, status.Error = Failed, explain(err)
		}
	})
	i.Log.InfoContext(ctx, "an import has ended", "for", status.Kind, "source", status.Source, "state", status.State, "calls", status.Done)
}

// explain is an error in words for people, with a way out.
func explain(err error) string {
	text := err.Error()
	var exists *Exists
	if errors.As(err, &exists) {
		text += ": replace it, compare it to see what has changed, or reset the server"
	}
	if len(text) > mostError {
		text = strings.ToValidUTF8(text[:mostError], "") + "…"
	}
	return text
}

// File is a document as a file that can be applied: whatever a server answered, it is checked as
// one that a person wrote.
func File(d *seed.Document) (*seed.File, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("the organization: %w", err)
	}
	return seed.Parse(text, seed.Options{Name: "the organization"})
}
