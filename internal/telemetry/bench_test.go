package telemetry_test

import (
	"io"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"accord/internal/telemetry"
)

func BenchmarkCall(b *testing.B) {
	for _, format := range []telemetry.Format{telemetry.Text, telemetry.JSON} {
		b.Run(string(format), func(b *testing.B) {
			log := telemetry.NewLog(telemetry.NewBuffer(io.Discard), telemetry.Options{Format: format})
			metrics, err := telemetry.NewMetrics(prometheus.NewRegistry())
			if err != nil {
				b.Fatal(err)
			}
			recorder, ended := telemetry.NewRecorder(log, metrics), time.Now()
			b.ReportAllocs()
			for b.Loop() {
				recorder.Begin()
				recorder.Call(telemetry.Call{
					RequestID: "0f5c1a3e-7a0b-4c1d-9e2f-3a4b5c6d7e8f", Service: "organizations", Operation: "ListAccounts",
					Account: "111122223333", Outcome: telemetry.Success, Status: 200, Ended: ended, Duration: 51 * time.Microsecond,
				})
			}
		})
	}
}
