package health

import (
	"context"
	"sync"
	"time"

	"accord/internal/clock"
)

// Result is what a check found.
type Result struct {
	// Failed: the server is not ready.
	Failed bool
	// Value is what was measured, with its unit: "1.2 GB", "3s"; it may be empty.
	Value string
	// Text says in one sentence, without a period, what is wrong and its cure; for a check
	// that has not failed it is empty, or a warning.
	Text string
}

// Passed is the result of a check that measured a value and found nothing wrong.
func Passed(value string) Result { return Result{Value: value} }

// Failed is the result of a check that failed.
func Failed(value, text string) Result { return Result{Failed: true, Value: value, Text: text} }

// FailedWith is the result of a check that ended with an error.
func FailedWith(err error) Result {
	if e := NotReadyIn(err); e != nil {
		text := e.Error()
		if e.Cure != "" {
			text += "; " + e.Cure
		}
		return Failed(string(e.Reason), text)
	}
	return Failed("", err.Error())
}

// Check is a named check.
type Check struct {
	// Name is in lower case, with hyphens: "disk-space".
	Name string
	// Run returns within the time of its context.
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
	Name string
	Result
}

// Checks are the checks of a server. They run at most once in an interval, however many
// ask: the others get the last report, or wait for the one that is made.
type Checks struct {
	clock    clock.Clock
	interval time.Duration
	// reported is called with each new report.
	reported func(Report)
	checks   []*runningCheck

	// mu is held while checks run.
	mu   sync.Mutex
	last Report
	at   time.Time
}

// runningCheck is a check with the run that has not ended yet.
type runningCheck struct {
	Check
	// result receives the result of a run; nil while none runs.
	result chan Result
}

// NewChecks returns an empty registry. The clock is one of the system.
func NewChecks(wall clock.Clock, interval time.Duration, reported func(Report)) *Checks {
	return &Checks{clock: wall, interval: interval, reported: reported}
}

// Add adds checks. It is called before the first Run.
func (c *Checks) Add(checks ...Check) {
	for _, check := range checks {
		c.checks = append(c.checks, &runningCheck{Check: check})
	}
}

// timeout is how long a report waits for a check. One that takes longer has failed, and
// is not run again before it has ended.
const timeout = 3 * time.Second

// Run returns a report that is not older than the interval. It is for all callers, so
// that the end of one's context does not end it.
func (c *Checks) Run(ctx context.Context) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.clock.Now(); !c.at.IsZero() && now.Sub(c.at) < c.interval {
		return c.last
	}
	ctx = context.WithoutCancel(ctx)
	report := Report{Ready: true, Checks: make([]NamedResult, len(c.checks))}
	var all sync.WaitGroup
	for i, check := range c.checks {
		all.Go(func() { report.Checks[i] = NamedResult{check.Name, check.run(ctx)} })
	}
	all.Wait()
	for _, result := range report.Checks {
		report.Ready = report.Ready && !result.Failed
	}
	c.last, c.at = report, c.clock.Now()
	c.reported(report)
	return report
}

func (c *runningCheck) run(ctx context.Context) Result {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	select {
	case <-c.result:
		c.result = nil // It ended after the last report.
	default:
	}
	if c.result == nil {
		ended := make(chan Result, 1)
		c.result = ended
		go func() {
			defer cancel()
			ended <- c.Run(ctx)
		}()
	} else {
		defer cancel()
	}
	select {
	case result := <-c.result:
		c.result = nil
		return result
	case <-ctx.Done():
		return Failed("", "the check has not ended after "+timeout.String())
	}
}
