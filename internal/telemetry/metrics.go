package telemetry

import (
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the metrics of the server. Every label has few values: names of the
// interface model and of this package, never input.
type Metrics struct {
	calls      *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	inFlight   prometheus.Gauge
	failures   *prometheus.CounterVec
	undeclared *prometheus.CounterVec
	faults     prometheus.Counter
	retries    prometheus.Counter
	unknown    prometheus.Counter
	unrecorded prometheus.Counter

	// known are the series of calls that were counted before: to look them up by their
	// labels costs several times as much.
	mu    sync.RWMutex
	known map[outcome]series
}

// outcome is what the metrics of calls are counted by.
type outcome struct{ service, operation, outcome string }

// series are the metrics of the calls with one outcome.
type series struct {
	calls   prometheus.Counter
	seconds prometheus.Observer
}

// NewMetrics returns metrics that are registered.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		known: map[outcome]series{},
		calls: counters("accord_calls_total", "Calls by service, operation and outcome: Success, Cut, Gone or an exception.",
			"service", "operation", "outcome"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "accord_call_duration_seconds",
			Help:    "Time from the head of a request to the end of its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"service", "operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "accord_calls_in_flight", Help: "Calls that are being answered."}),
		failures: counters("accord_unexpected_errors_total", "Calls that failed with an internal error, by operation.",
			"service", "operation"),
		undeclared: counters("accord_undeclared_errors_total", "Exceptions that the interface model does not allow the operation to return.",
			"operation", "exception"),
		faults:     counter("accord_faults_injected_total", "Calls with an injected fault."),
		retries:    counter("accord_transaction_retries_total", "Transactions that ran again after a conflict."),
		unknown:    counter("accord_unknown_outcomes_total", "Transactions of which it is not known whether they were committed."),
		unrecorded: counter("accord_unrecorded_calls_total", "Failed calls and reads that the journal could not take."),
	}
	for _, c := range []prometheus.Collector{
		m.calls, m.seconds, m.inFlight, m.failures, m.undeclared, m.faults, m.retries, m.unknown, m.unrecorded,
	} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return m, nil
}

// Retried counts a transaction that runs again after a conflict.
func (m *Metrics) Retried() { m.retries.Inc() }

// OutcomeUnknown counts a transaction that may or may not be committed.
func (m *Metrics) OutcomeUnknown() { m.unknown.Inc() }

// seriesOf returns the metrics of calls with an outcome. The outcomes are few, as
// their names come from the interface model.
func (m *Metrics) seriesOf(o outcome) series {
	m.mu.RLock()
	s, known := m.known[o]
	m.mu.RUnlock()
	if !known {
		s = series{m.calls.WithLabelValues(o.service, o.operation, o.outcome), m.seconds.WithLabelValues(o.service, o.operation)}
		m.mu.Lock()
		m.known[o] = s
		m.mu.Unlock()
	}
	return s
}

func (m *Metrics) call(c *Call) {
	s := m.seriesOf(outcome{c.Service, c.Operation, c.Outcome})
	s.calls.Inc()
	s.seconds.Observe(c.Duration.Seconds())
	if c.Fault != "" {
		m.faults.Inc()
	}
	if c.Cause != nil {
		m.failures.WithLabelValues(c.Service, c.Operation).Inc()
	}
}
