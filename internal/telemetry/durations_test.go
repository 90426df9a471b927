package telemetry_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"accord/internal/telemetry"
)

// TestTheDurationsOfTheLastCallsAreKept: of the last 1000, also of calls that the log leaves out.
func TestTheDurationsOfTheLastCallsAreKept(t *testing.T) {
	o, _, _, _ := newRecorder(t, slog.LevelError)
	if kept := o.Durations(); len(kept) != 0 {
		t.Errorf("before any call: %v", kept)
	}
	for i := range 1001 {
		o.Begin()
		o.Call(telemetry.Call{RequestID: fmt.Sprint(i), Status: 200, Duration: time.Duration(i) * time.Millisecond})
	}
	kept := o.Durations()
	if len(kept) != 1000 || kept["1000"] != time.Second || kept["1"] != time.Millisecond {
		t.Errorf("%d kept, the last took %v, the second %v", len(kept), kept["1000"], kept["1"])
	}
	if _, is := kept["0"]; is {
		t.Error("the first one is kept too")
	}
}
