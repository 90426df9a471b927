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
	notReady   *prometheus.CounterVec
	episodes   *prometheus.GaugeVec
	ready      prometheus.Gauge
	checks     *prometheus.GaugeVec
	// connections are open, closed were ended for others.
	connections prometheus.Gauge
	closed      prometheus.Counter
	refused     prometheus.Counter
	// strangers are requests of the admin API that were refused for their sender.
	strangers *prometheus.CounterVec
	throttled *prometheus.CounterVec

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
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
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
		faults:  counter("accord_faults_injected_total", "Calls with an injected fault."),
		retries: counter("accord_transaction_retries_total", "Transactions that ran again after a conflict."),
		unknown: counter("accord_unknown_outcomes_total", "Transactions of which it is not known whether they were committed."),
		notReady: counters("accord_not_ready_errors_total", "Transactions that failed because the store could not be written or reached, by reason.",
			"reason"),
		episodes:    gauges("accord_not_ready", "1 while the store cannot be written or reached, by reason; 0 afterwards.", "reason"),
		ready:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "accord_ready", Help: "1 if all checks of readiness passed when they last ran, else 0."}),
		checks:      gauges("accord_check_status", "What a check of readiness last found, by check: 0 ok, 1 warning, 2 failed.", "check"),
		unrecorded:  counter("accord_unrecorded_calls_total", "Failed calls and reads that the journal could not take."),
		connections: prometheus.NewGauge(prometheus.GaugeOpts{Name: "accord_connections", Help: "Open connections of the API."}),
		closed:      counter("accord_connections_closed_total", "Connections that were closed for others."),
		refused:     counter("accord_bodies_refused_total", "Requests for whose bodies there was no memory."),
		strangers: counters("accord_admin_requests_refused_total", "Requests of the admin API that were refused: without the right token, or for their Host or Origin.",
			"reason"),
		throttled: counters("accord_calls_throttled_total", "Calls that came too often, by whose limit was reached: account or organization.",
			"scope"),
	}
	for _, c := range []prometheus.Collector{
		m.calls, m.seconds, m.inFlight, m.failures, m.undeclared, m.faults, m.retries, m.unknown, m.unrecorded,
		m.notReady, m.episodes, m.ready, m.checks, m.connections, m.closed, m.refused, m.strangers, m.throttled,
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

// NotReady counts an error of a store that cannot be written or reached.
func (m *Metrics) NotReady(reason string) { m.notReady.WithLabelValues(reason).Inc() }

// Episode shows the begin or the end of the time in which the store cannot serve.
func (m *Metrics) Episode(reason string, begun bool) {
	m.episodes.WithLabelValues(reason).Set(number(begun))
}

// Ready shows whether all checks of readiness passed.
func (m *Metrics) Ready(ready bool) { m.ready.Set(number(ready)) }

// Check shows what a check of readiness found: 0 ok, 1 warning, 2 failed.
func (m *Metrics) Check(name string, status float64) { m.checks.WithLabelValues(name).Set(status) }

// AdminRefused counts a request of the admin API that was refused for its sender.
func (m *Metrics) AdminRefused(reason string) { m.strangers.WithLabelValues(reason).Inc() }

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Unrecorded counts failed calls and reads that the journal could not take.
func (m *Metrics) Unrecorded(calls int) { m.unrecorded.Add(float64(calls)) }

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
