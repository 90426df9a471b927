// Package faults holds the table of faults that are injected on purpose: which
// calls fail, how and how often. The table is empty until a client adds a fault.
//
// The table only selects. The pipeline of the server and the background work of an
// operation ask it and act: they wait, cut connections and return errors.
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

// Entry is a fault in the table.
type Entry struct {
	// ID names the fault.
	ID string `json:"id"`
	Spec
	// Matched counts the calls that the fault applies to.
	Matched int `json:"matched"`
	// Acted counts those that it made fail.
	Acted int `json:"acted"`
}

// Fault is what is injected into one call.
type Fault struct {
	// ID is that of the entry.
	ID string
	// Delay is how long the call waits first.
	Delay time.Duration
	// Error is returned instead of running the operation; nil if it runs.
	Error *api.Error
	// Cut says when its connection is closed; empty if it is not.
	Cut Cut
}

// maxEntries bounds the table: every call looks at every entry.
const maxEntries = 1000

// Table is the table of faults. It may be used by many goroutines.
type Table struct {
	services []Service

	// hasEntries spares calls the lock while the table is empty.
	hasEntries atomic.Bool
	mu         sync.Mutex
	entries    []*entry
	added      int
}

type entry struct {
	Entry
	rand *rand.Rand
	// errors has the error of the fault for each service.
	errors map[string]*api.Error
}

// NewTable returns an empty table for the services.
func NewTable(services ...Service) *Table { return &Table{services: services} }

// Add appends a fault. The error says what is wrong with its definition.
func (t *Table) Add(s Spec) (Entry, error) {
	if err := s.check(t.services); err != nil {
		return Entry{}, fmt.Errorf("fault: %w", err)
	}
	added := &entry{Entry: Entry{Spec: s}, rand: rand.New(rand.NewPCG(s.Seed, 0)), errors: map[string]*api.Error{}}
	if s.Exception != "" {
		for i := range t.services {
			if e, err := s.exception(&t.services[i]); err == nil {
				added.errors[t.services[i].Name] = e
			}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.entries) >= maxEntries {
		return Entry{}, errors.New("fault: the table is full")
	}
	t.added++
	added.ID = fmt.Sprintf("fault-%d", t.added)
	t.entries = append(t.entries, added)
	t.hasEntries.Store(true)
	return added.Entry, nil
}

// Entries returns the faults in the order in which they are asked.
func (t *Table) Entries() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	entries := make([]Entry, 0, len(t.entries))
	for _, e := range t.entries {
		entries = append(entries, e.Entry)
	}
	return entries
}

// Remove removes a fault and reports whether it was there.
func (t *Table) Remove(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.entries)
	t.entries = slices.DeleteFunc(t.entries, func(e *entry) bool { return e.ID == id })
	t.hasEntries.Store(len(t.entries) > 0)
	return len(t.entries) < before
}

// Clear removes all faults.
func (t *Table) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = nil
	t.hasEntries.Store(false)
}

// HasEntries reports whether there is any fault.
func (t *Table) HasEntries() bool { return t.hasEntries.Load() }

// Match returns the fault to inject into a call, and whether there is one: that of
// the first entry that acts. Each call of Match counts.
func (t *Table) Match(service string, op *api.Operation, account string) (Fault, bool) {
	e, ok := t.pick(func(e *entry) bool {
		return e.FailureReason == "" && e.matches(service, op.Name, account) &&
			(e.Exception == "" || e.errors[service] != nil && op.MayReturn(e.Exception))
	})
	if !ok {
		return Fault{}, false
	}
	return Fault{ID: e.ID, Delay: time.Duration(e.Delay), Error: e.errors[service], Cut: e.Cut}, true
}

// CreationFailure returns the reason with which the background work of an operation
// that creates accounts fails, and whether it does; account is the caller. Each call
// counts, so a piece of work asks once, outside of a transaction that can run again.
func (t *Table) CreationFailure(operation, account string) (reason string, ok bool) {
	for _, s := range t.services {
		reasons, works := s.Background[operation]
		if !works {
			continue
		}
		e, ok := t.pick(func(e *entry) bool {
			return e.FailureReason != "" && e.matches(s.Name, operation, account) && slices.Contains(reasons, e.FailureReason)
		})
		if ok {
			return e.FailureReason, true
		}
	}
	return "", false
}

// pick returns the first entry that applies to the call and acts on it.
func (t *Table) pick(applies func(*entry) bool) (*entry, bool) {
	if !t.hasEntries.Load() {
		return nil, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.entries {
		if applies(e) && e.count() {
			return e, true
		}
	}
	return nil, false
}

func (e *entry) matches(service, operation, account string) bool {
	return (e.Service == "" || e.Service == service) &&
		(e.Operation == "" || e.Operation == operation) &&
		(e.Account == "" || e.Account == account)
}

// count counts a call that the fault applies to and reports whether the fault acts
// on it.
func (e *entry) count() bool {
	e.Matched++
	acts := true
	switch {
	case e.Next > 0:
		acts = e.Matched <= e.Next
	case e.Every > 0:
		acts = e.Matched%e.Every == 0
	case e.Probability > 0:
		acts = e.rand.Float64() < e.Probability
	}
	if acts {
		e.Acted++
	}
	return acts
}
