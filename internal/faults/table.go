// Package faults holds the table of faults that are injected on purpose: which
// calls fail, how and how often. It is empty until somebody asks for a fault,
// and never random without a seed.
//
// The table decides; the pipeline of the server and the background work of a
// verb ask it and act. It waits for nothing and cuts nothing itself.
package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"accord/internal/api"
)

// Service is what the table knows of a service.
type Service struct {
	// Name is the name in the credential scope.
	Name string
	// Operations is its operation table.
	Operations map[string]api.Operation
	// Exception returns the exception of that name in the words of the service:
	// nil if there is none, without a text if it has not the reason.
	Exception func(name, reason string) *api.Error
	// Background has the operations whose work goes on after the answer, each
	// with the check of the reasons with which that work can fail.
	Background map[string]func(reason string) bool
}

// Row is a rule in the table.
type Entry struct {
	// ID names the row.
	ID string `json:"id"`
	Spec
	// Matched counts the calls that the rule means.
	Matched int `json:"matched"`
	// Acted counts those on which it acted.
	Acted int `json:"acted"`
}

// Fault is what happens to one call.
type Fault struct {
	// ID is the id of the row that acts.
	ID string
	// Delay is how long the call waits first.
	Delay time.Duration
	// Error is what it is answered with instead of running; nil if it runs.
	Error *api.Error
	// Cut is when its connection is closed; empty if it is not.
	Cut Cut
}

// maxEntries bounds the table: every call looks at every row.
const maxEntries = 1000

// Table is the table of faults. It may be used by many goroutines.
type Table struct {
	services []Service

	// armed spares calls the lock while there is no rule.
	hasEntries atomic.Bool
	mu         sync.Mutex
	entries    []*entry
	added      int
}

type entry struct {
	Entry
	rand *rand.Rand
	// errors has the error of the rule in the words of each service.
	errors map[string]*api.Error
}

// NewTable returns an empty table for the services.
func NewTable(services ...Service) *Table { return &Table{services: services} }

// Add puts a rule behind the others. The error says in a sentence why a rule
// cannot be.
func (t *Table) Add(r Spec) (Entry, error) {
	if err := r.check(t.services); err != nil {
		return Entry{}, fmt.Errorf("fault rule: %w", err)
	}
	added := &entry{Entry: Entry{Spec: r}, rand: rand.New(rand.NewPCG(r.Seed, 0)), errors: map[string]*api.Error{}}
	if r.Exception != "" {
		for i := range t.services {
			if e, err := r.exception(&t.services[i]); err == nil {
				added.errors[t.services[i].Name] = e
			}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.entries) >= maxEntries {
		return Entry{}, errors.New("fault rule: the table is full")
	}
	t.added++
	added.ID = fmt.Sprintf("fault-%d", t.added)
	t.entries = append(t.entries, added)
	t.hasEntries.Store(true)
	return added.Entry, nil
}

// Entries returns the table in the order in which rules are asked.
func (t *Table) Entries() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := make([]Entry, 0, len(t.entries))
	for _, r := range t.entries {
		rows = append(rows, r.Entry)
	}
	return rows
}

// Remove takes a rule out and reports whether it was there.
func (t *Table) Remove(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.entries)
	t.entries = slices.DeleteFunc(t.entries, func(r *entry) bool { return r.ID == id })
	t.hasEntries.Store(len(t.entries) > 0)
	return len(t.entries) < before
}

// Clear takes all rules out.
func (t *Table) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = nil
	t.hasEntries.Store(false)
}

// HasEntries reports whether there is any fault.
func (t *Table) HasEntries() bool { return t.hasEntries.Load() }

// Match returns what happens to a call, and whether anything does. The first
// rule that acts decides; asking counts.
func (t *Table) Match(service string, op api.Operation, account string) (Fault, bool) {
	r, ok := t.match(func(r *entry) bool {
		return r.FailureReason == "" && r.matches(service, op.Name, account) &&
			(r.Exception == "" || r.errors[service] != nil && op.MayReturn(r.Exception))
	})
	if !ok {
		return Fault{}, false
	}
	return Fault{ID: r.ID, Delay: time.Duration(r.Delay), Error: r.errors[service], Cut: r.Cut}, true
}

// CreationFailure returns the reason with which the work of an operation that
// makes accounts fails, and whether it does; account is the one that asked for
// it. Asking counts, so one piece of work asks once, outside of a transaction
// that can run again.
func (t *Table) CreationFailure(operation, account string) (reason string, ok bool) {
	for _, s := range t.services {
		valid, works := s.Background[operation]
		if !works {
			continue
		}
		r, ok := t.match(func(r *entry) bool {
			return r.FailureReason != "" && r.matches(s.Name, operation, account) && valid(r.FailureReason)
		})
		if ok {
			return r.FailureReason, true
		}
	}
	return "", false
}

// ask returns the first row that means the call and acts on it.
func (t *Table) match(means func(*entry) bool) (*entry, bool) {
	if !t.hasEntries.Load() {
		return nil, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.entries {
		if means(r) && r.count() {
			return r, true
		}
	}
	return nil, false
}

func (r *entry) matches(service, operation, account string) bool {
	return (r.Service == "" || r.Service == service) &&
		(r.Operation == "" || r.Operation == operation) &&
		(r.Account == "" || r.Account == account)
}

// acts counts a call that the rule means and reports whether it is one of those
// on which the rule acts.
func (r *entry) count() bool {
	r.Matched++
	acts := true
	switch {
	case r.Next > 0:
		acts = r.Matched <= r.Next
	case r.Every > 0:
		acts = r.Matched%r.Every == 0
	case r.Probability > 0:
		acts = r.rand.Float64() < r.Probability
	}
	if acts {
		r.Acted++
	}
	return acts
}
