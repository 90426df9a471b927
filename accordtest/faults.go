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

// Fault says which calls fail, and how. What is left out restricts nothing; one
// of Delay, Exception, Cut and FailureReason is needed.
type Fault struct {
	// Service is "organizations" or "sts", Operation the name of an operation,
	// Account the account that calls.
	Service, Operation, Account string

	// Next: only the next n of these calls. Every: only each nth. Probability: each
	// with this probability, the same choice for the same Seed. At most one of them.
	Next, Every int
	Probability float64
	Seed        uint64

	// Delay makes the call wait first, in real time.
	Delay time.Duration
	// Exception is the answer instead of the result; nothing is changed. Some need
	// a Reason.
	Exception, Reason, Message string
	// Cut closes the connection without an answer: "before" anything happened, or
	// "after" it did.
	Cut string
	// FailureReason lets the work that CreateAccount does after its answer fail.
	FailureReason string
}

// Add adds a fault and returns its id. The first fault that acts on a call
// decides.
func (f Faults) Add(fault Fault) (id string) {
	f.t.Helper()
	row, err := f.table.Add(faults.Spec{
		Service: fault.Service, Operation: fault.Operation, Account: fault.Account,
		Next: fault.Next, Every: fault.Every, Probability: fault.Probability, Seed: fault.Seed,
		Delay:     faults.Duration(fault.Delay),
		Exception: fault.Exception, Reason: fault.Reason, Message: fault.Message,
		Cut: faults.Cut(fault.Cut), FailureReason: fault.FailureReason,
	})
	if err != nil {
		f.t.Fatalf("accordtest: %v", err)
	}
	return row.ID
}

// Acted is on how many calls a fault has acted.
func (f Faults) Acted(id string) int {
	f.t.Helper()
	for _, row := range f.table.Entries() {
		if row.ID == id {
			return row.Acted
		}
	}
	f.t.Fatalf("accordtest: there is no fault %s", id)
	return 0
}

// Remove takes a fault out.
func (f Faults) Remove(id string) {
	f.t.Helper()
	if !f.table.Remove(id) {
		f.t.Fatalf("accordtest: there is no fault %s", id)
	}
}

// Clear takes all faults out.
func (f Faults) Clear() { f.table.Clear() }
