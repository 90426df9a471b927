package health

import (
	"context"
	"sync"
	"time"

	"accord/internal/clock"
)

// Status is what a check found.
type Status string

// The statuses.
const (
	OK Status = "ok"
	// Warning: an operator should look; the server is ready.
	Warning Status = "warning"
	// Failed: the server is not ready.
	Failed Status = "failed"
)

// Result is the result of a check.
type Result struct {
	Status Status `json:"status"`
	// Value is what was measured, with its unit: "1.2 GB", "3s"; it may be empty.
	Value string `json:"value,omitempty"`
	// Message says in a sentence without a period what is wrong and what cures it; empty
	// if all is well.
	Message string `json:"message,omitempty"`

	// known is true for what the log has already: the Monitor writes of the store.
	known bool
}

// Of returns the result of a check that ended with an error, or measured a value.
func Of(value string, err error) Result {
	switch e := NotReadyIn(err); {
	case err == nil:
		return Result{Status: OK, Value: value}
	case e == nil:
		return Result{Status: Failed, Message: err.Error()}
	default:
		message := e.Error()
		if e.Cure != "" {
			message += "; " + e.Cure
		}
		return Result{Status: Failed, Value: string(e.Reason), Message: message, known: true}
	}
}

// Check is a named check.
type Check struct {
	// Name is in lower case, with hyphens: "disk-space".
	Name string
	// Run ends soon after its context.
	Run func(ctx context.Context) Result
}

// Report is the result of all checks.
type Report struct {
	// Ready is false if a check failed.
	Ready bool
	// Checks are in the order in which they were added.
	Checks []NamedResult
}

// NamedResult is the result of one check.
type NamedResult struct {
	Name string `json:"name"`
	Result
}

const (
	// freshReady is how old the report may be that a caller gets when the server was ready,
	// and freshFailed when it was not. They bound what the checks cost, however many ask.
	freshReady, freshFailed = 5 * time.Second, time.Second
	// patience is how long a report waits for a check: less than the second that an
	// orchestrator waits for a probe.
	patience = 800 * time.Millisecond
	// limit is when a check that has not ended has failed.
	limit = 10 * time.Second
)

// Checks are the checks of a server. All who ask at the same time get one report.
type Checks struct {
	clock    clock.Clock
	reported func(before, now Report)
	checks   []*runningCheck

	// mu is held while a report is made.
	mu   sync.Mutex
	last Report
	at   time.Time
}

// runningCheck is a check with the run that has not ended yet.
type runningCheck struct {
	Check
	// result receives the result of a run that began at an instant; nil while none runs.
	result chan Result
	began  time.Time
	// last is the result of the last run that has ended.
	last Result
}

// NewChecks returns an empty registry. The clock is one of the system. reported is called
// with each new report and the one before it.
func NewChecks(wall clock.Clock, reported func(before, now Report)) *Checks {
	return &Checks{clock: wall, reported: reported}
}

// Add adds checks. It is called before the first Report.
func (c *Checks) Add(checks ...Check) {
	for _, check := range checks {
		c.checks = append(c.checks, &runningCheck{Check: check})
	}
}

// Watch makes a report at each interval until the context ends, so that the log and the
// metrics tell what nobody else asks for.
func (c *Checks) Watch(ctx context.Context, interval time.Duration) {
	for {
		next, cancel := c.clock.Wake(c.clock.Now().Add(interval))
		select {
		case <-ctx.Done():
			cancel()
			return
		case <-next:
		}
		c.Report(ctx)
	}
}

// Report returns a report that is fresh. It is for all callers, so that the end of one's
// context does not end its checks.
func (c *Checks) Report(ctx context.Context) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := freshFailed
	if c.last.Ready {
		fresh = freshReady
	}
	now := c.clock.Now()
	if !c.at.IsZero() && now.Sub(c.at) < fresh {
		return c.last
	}
	ctx = context.WithoutCancel(ctx)
	report := Report{Ready: true, Checks: make([]NamedResult, len(c.checks))}
	var all sync.WaitGroup
	for i, check := range c.checks {
		all.Go(func() { report.Checks[i] = NamedResult{check.Name, check.run(ctx, c.clock)} })
	}
	all.Wait()
	for _, result := range report.Checks {
		report.Ready = report.Ready && result.Status != Failed
	}
	before := c.last
	c.last, c.at = report, c.clock.Now()
	c.reported(before, report)
	return report
}

// run returns the result of a run. One that takes long is a warning, until its limit, unless
// the run before has failed.
func (c *runningCheck) run(ctx context.Context, wall clock.Clock) Result {
	select {
	case c.last = <-c.result:
		c.result = nil // It ended after the last report.
	default:
	}
	if c.result == nil {
		ended := make(chan Result, 1)
		c.result, c.began = ended, wall.Now()
		go func() {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			ended <- c.Run(ctx)
		}()
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case c.last = <-c.result:
		c.result = nil
		return c.last
	case <-waiting.Done():
	}
	if c.last.Status == Failed {
		return c.last // Until a run ends well.
	}
	result := Result{Status: Warning, Value: wall.Now().Sub(c.began).Round(time.Second).String(), Message: "the check has not ended yet"}
	if wall.Now().Sub(c.began) >= limit {
		result.Status = Failed
	}
	return result
}

// Changes are the results whose status differs from the report before, and that the log
// does not have yet.
func (r Report) Changes(before Report) (changed []NamedResult) {
	for i, result := range r.Checks {
		was, known := OK, false
		if i < len(before.Checks) {
			was, known = before.Checks[i].Status, before.Checks[i].known
		}
		if result.Status != was && !result.known && !(known && result.Status == OK) {
			changed = append(changed, result)
		}
	}
	return changed
}
