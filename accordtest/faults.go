package accordtest

import (
	"testing"
	"time"

	"accord/internal/faults"
)

// Faults make calls of a server fail on purpose.
type Faults struct {
	t     testing.TB
	table *faults.Table
}

// Fault defines which calls fail, and how. Zero values restrict nothing; one of Delay,
// Exception, Cut and FailureReason is required.
type Fault struct {
	// Service is "organizations" or "sts", Operation the name of an operation,
	// Account the calling account.
	Service, Operation, Account string

	// Next: only the next n of these calls. Every: only each nth. Probability: each
	// with this probability, the same choice for the same Seed, which must not be 0. At most
	// one of them.
	Next, Every int
	Probability float64
	Seed        uint64

	// Delay makes the call wait first, in real time.
	Delay time.Duration
	// Exception is returned instead of the result; nothing is changed. Some need a
	// Reason.
	Exception, Reason, Message string
	// Cut closes the connection without a response, "before" or "after" the operation.
	Cut string
	// FailureReason makes the background work of CreateAccount fail.
	FailureReason string
}

// Add adds a fault and returns its ID. The first fault that acts on a call wins.
func (f Faults) Add(fault Fault) (id string) {
	f.t.Helper()
	added, err := f.table.Add(faults.Spec{
		Service: fault.Service, Operation: fault.Operation, Account: fault.Account,
		Next: fault.Next, Every: fault.Every, Probability: fault.Probability, Seed: fault.Seed,
		Delay:     faults.Duration(fault.Delay),
		Exception: fault.Exception, Reason: fault.Reason, Message: fault.Message,
		Cut: faults.Cut(fault.Cut), FailureReason: fault.FailureReason,
	})
	if err != nil {
		f.t.Fatalf("accordtest: %v", err)
	}
	return added.ID
}

// Acted returns the number of calls on which a fault has acted.
func (f Faults) Acted(id string) int {
	f.t.Helper()
	for _, entry := range f.table.Entries() {
		if entry.ID == id {
			return entry.Acted
		}
	}
	f.t.Fatalf("accordtest: there is no fault %s", id)
	return 0
}

// Remove removes a fault.
func (f Faults) Remove(id string) {
	f.t.Helper()
	if !f.table.Remove(id) {
		f.t.Fatalf("accordtest: there is no fault %s", id)
	}
}

// Clear removes all faults.
func (f Faults) Clear() { f.table.Clear() }
