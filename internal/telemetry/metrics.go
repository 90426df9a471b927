package telemetry

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the numbers of the server. Every label has few values: names of
// the interface model and of this package, never what a client sent.
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
}

// NewMetrics returns metrics that the registry shows.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		calls: counters("accord_calls_total", "Calls by service, operation and outcome: Success, Cut, Gone or an exception.",
			"service", "operation", "outcome"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "accord_call_duration_seconds",
			Help:    "Time from the head of a request to the end of its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"service", "operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "accord_calls_in_flight", Help: "Calls that are being answered."}),
		failures: counters("accord_unexpected_errors_total", "Calls that failed for a reason of ours, by operation.",
			"service", "operation"),
		undeclared: counters("accord_undeclared_errors_total", "Exceptions that the interface model does not allow the operation to return.",
			"operation", "exception"),
		faults:     counter("accord_faults_injected_total", "Calls on which a fault rule acted."),
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

func (m *Metrics) call(c Call) {
	m.calls.WithLabelValues(c.Service, c.Operation, c.Outcome).Inc()
	m.seconds.WithLabelValues(c.Service, c.Operation).Observe(c.Duration.Seconds())
	if c.Fault != "" {
		m.faults.Inc()
	}
	if c.Cause != nil {
		m.failures.WithLabelValues(c.Service, c.Operation).Inc()
	}
}
