package jobs

import (
	"log/slog"
	"time"

	"accord/internal/store"
)

// Report logs an outcome when the transaction is committed, with further attributes,
// and the instant for which the job was planned.
func (l *Loop) Report(tx *store.Tx, at time.Time, o Outcome, attributes ...any) {
	tx.AfterCommit(func() {
		l.mu.Lock()
		if l.counts != nil {
			l.counts.add(o)
		}
		l.mu.Unlock()
		l.log.Info(o.Object+" "+o.Verb, append(attributes, slog.Time("at", at))...)
	})
}

// Count begins to count outcomes, and returns a function that ends it and returns the
// counts, such as "3 invitations expired, 1 account closed". There is one count at a
// time.
func (l *Loop) Count() (end func() string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts = &counts{times: map[Outcome]int{}}
	return func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		text := l.counts.String()
		l.counts = nil
		return text
	}
}
