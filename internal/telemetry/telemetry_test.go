package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"accord/internal/telemetry"
)

func newRecorder(t *testing.T, level slog.Level) (*telemetry.Recorder, *telemetry.Metrics, *bytes.Buffer, *prometheus.Registry) {
	t.Helper()
	var out bytes.Buffer
	log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.JSON, Level: level})
	registry := prometheus.NewRegistry()
	metrics, err := telemetry.NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	return telemetry.NewRecorder(log, metrics), metrics, &out, registry
}

func TestOneLineForEachCall(t *testing.T) {
	tests := map[string]struct {
		call telemetry.Call
		want string // without time
	}{
		"success": {
			telemetry.Call{RequestID: "id", Service: "organizations", Operation: "ListRoots", Account: "111122223333", Outcome: telemetry.Success, Status: 200, Duration: 1500 * time.Microsecond},
			`{"level":"INFO","msg":"call","service":"organizations","operation":"ListRoots","account":"111122223333","outcome":"Success","status":200,"duration":"1.5ms","request":"id"}`,
		},
		"quota": {
			telemetry.Call{RequestID: "id", Outcome: "ConstraintViolationException", Reason: "OU_NUMBER_LIMIT_EXCEEDED", Status: 400, Setting: "units-per-organization"},
			`{"level":"INFO","msg":"call","outcome":"ConstraintViolationException","reason":"OU_NUMBER_LIMIT_EXCEEDED","status":400,"duration":"0µs","raised_by":"units-per-organization","request":"id"}`,
		},
		"failure": {
			telemetry.Call{RequestID: "id", Outcome: "ServiceException", Status: 500, Cause: errors.New("disk full"), Stack: "main.go:1"},
			`{"level":"ERROR","msg":"call","outcome":"ServiceException","status":500,"duration":"0µs","request":"id","error":"disk full","stack":"main.go:1"}`,
		},
		"fault":     {telemetry.Call{RequestID: "id", Outcome: telemetry.Cut, Fault: "f-1"}, `{"level":"INFO","msg":"call","outcome":"Cut","status":0,"duration":"0µs","fault":"f-1","request":"id"}`},
		"injected":  {telemetry.Call{Outcome: "ServiceException", Status: 500, Fault: "f-1"}, `{"level":"INFO","msg":"call","outcome":"ServiceException","status":500,"duration":"0µs","fault":"f-1"}`},
		"gone":      {telemetry.Call{Outcome: telemetry.Gone, Status: 500}, `{"level":"INFO","msg":"call","outcome":"Gone","status":500,"duration":"0µs"}`},
		"not built": {telemetry.Call{Outcome: "NotImplementedException", Status: 501}, `{"level":"INFO","msg":"call","outcome":"NotImplementedException","status":501,"duration":"0µs"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o, _, out, _ := newRecorder(t, slog.LevelInfo)
			o.Call(test.call)
			var line map[string]any
			if err := json.Unmarshal(out.Bytes(), &line); err != nil || strings.Count(out.String(), "\n") != 1 {
				t.Fatalf("%q: %v", out.String(), err)
			}
			got := "{" + out.String()[strings.Index(out.String(), `"level"`):len(out.String())-1]
			if got != test.want {
				t.Errorf("\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestLinesBelowTheLevelAreNotWritten(t *testing.T) {
	o, _, out, _ := newRecorder(t, slog.LevelError)
	o.Call(telemetry.Call{Outcome: telemetry.Success, Status: 200})
	if out.Len() != 0 {
		t.Errorf("level error wrote %q", out.String())
	}
}

func TestCallsAreCounted(t *testing.T) {
	o, metrics, _, registry := newRecorder(t, slog.LevelError)
	ctx := context.Background()
	for range 4 {
		o.Begin()
	}
	o.Call(telemetry.Call{Service: "s", Operation: "A", Outcome: telemetry.Success, Status: 200})
	o.Call(telemetry.Call{Service: "s", Operation: "A", Outcome: telemetry.Success, Status: 200, Fault: "f-1"})
	o.Call(telemetry.Call{Service: "s", Operation: "A", Outcome: "ServiceException", Status: 500, Cause: errors.New("x")})
	o.Undeclared(ctx, "id", "A", "OddException")
	metrics.Retried()
	metrics.OutcomeUnknown()
	metrics.Unrecorded(3)
	want := `
# HELP accord_calls_in_flight Calls that are being answered.
# TYPE accord_calls_in_flight gauge
accord_calls_in_flight 1
# HELP accord_calls_total Calls by service, operation and outcome: Success, Cut, Gone or an exception.
# TYPE accord_calls_total counter
accord_calls_total{operation="A",outcome="ServiceException",service="s"} 1
accord_calls_total{operation="A",outcome="Success",service="s"} 2
# HELP accord_faults_injected_total Calls with an injected fault.
# TYPE accord_faults_injected_total counter
accord_faults_injected_total 1
# HELP accord_transaction_retries_total Transactions that ran again after a conflict.
# TYPE accord_transaction_retries_total counter
accord_transaction_retries_total 1
# HELP accord_undeclared_errors_total Exceptions that the interface model does not allow the operation to return.
# TYPE accord_undeclared_errors_total counter
accord_undeclared_errors_total{exception="OddException",operation="A"} 1
# HELP accord_unexpected_errors_total Calls that failed with an internal error, by operation.
# TYPE accord_unexpected_errors_total counter
accord_unexpected_errors_total{operation="A",service="s"} 1
# HELP accord_unknown_outcomes_total Transactions of which it is not known whether they were committed.
# TYPE accord_unknown_outcomes_total counter
accord_unknown_outcomes_total 1
# HELP accord_unrecorded_calls_total Failed calls and reads that the journal could not take.
# TYPE accord_unrecorded_calls_total counter
accord_unrecorded_calls_total 3
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "accord_calls_total", "accord_calls_in_flight", "accord_faults_injected_total",
		"accord_transaction_retries_total", "accord_undeclared_errors_total", "accord_unexpected_errors_total", "accord_unknown_outcomes_total", "accord_unrecorded_calls_total"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(registry, "accord_call_duration_seconds"); err != nil || n != 1 {
		t.Errorf("%d histograms, %v", n, err)
	}
}

func TestMetricsOfOneRegistryAreOneSet(t *testing.T) {
	registry := prometheus.NewRegistry()
	if _, err := telemetry.NewMetrics(registry); err != nil {
		t.Fatal(err)
	}
	if _, err := telemetry.NewMetrics(registry); err == nil {
		t.Error("a second set was registered")
	}
}

func TestUndeclaredIsAnErrorLine(t *testing.T) {
	o, _, out, _ := newRecorder(t, slog.LevelInfo)
	o.Undeclared(context.Background(), "id", "ListRoots", "OddException")
	if !strings.Contains(out.String(), `"level":"ERROR","msg":"exception outside of the model","operation":"ListRoots","outcome":"OddException","request":"id"`) {
		t.Errorf("%s", out)
	}
}

// TestTheBoundOfConnectionsIsOneLine for each time that it is reached, also if all are busy.
func TestTheBoundOfConnectionsIsOneLine(t *testing.T) {
	type change struct {
		open, closed int
		waits        bool
	}
	for name, test := range map[string]struct {
		changes []change
		lines   int
	}{
		"below it":               {[]change{{1, 0, false}, {600, 0, false}, {599, 0, false}}, 0},
		"closed for others":      {[]change{{600, 1, false}, {600, 1, false}, {600, 9, false}}, 1},
		"all are busy":           {[]change{{600, 0, true}, {600, 0, true}}, 1},
		"both":                   {[]change{{600, 0, true}, {600, 1, false}, {599, 0, false}, {600, 1, false}}, 1},
		"again after half of it": {[]change{{600, 1, false}, {250, 0, false}, {600, 1, false}}, 2},
	} {
		o, _, out, _ := newRecorder(t, slog.LevelInfo)
		for _, c := range test.changes {
			o.Connections(c.open, c.closed, c.waits)
		}
		if got := strings.Count(out.String(), `"setting":"max-connections"`); got != test.lines {
			t.Errorf("%s: %d lines, want %d:\n%s", name, got, test.lines, out)
		}
	}
}
