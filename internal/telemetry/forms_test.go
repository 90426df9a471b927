package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/prometheus/client_golang/prometheus"

	"accord/internal/telemetry"
)

// hostile are values that would forge a line or drive a terminal.
var hostile = []string{
	"a\nlevel=ERROR msg=forged", "\x1b[31mred", "\u009b31m", "a\"b\\c", "a=b c", "\x00\x7f\r\t", "\xff\xfe", "\u2028\u202e\U000e0001", "", "=", `\u001b`, "ü 猫 😀",
}

// both writes a value through a call and through the logger.
func both(t *testing.T, format telemetry.Format, value string) string {
	t.Helper()
	var out bytes.Buffer
	log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: format})
	metrics, err := telemetry.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	telemetry.NewRecorder(log, metrics).Call(telemetry.Call{Account: "x" + value, Outcome: "Success", Cause: errors.New("x" + value), Ended: time.Now()})
	log.Info("x"+value, "x"+value, "x"+value, slog.Group("g", "error", errors.New("x"+value)))
	return out.String()
}

func TestNoValueForgesALineOrDrivesATerminal(t *testing.T) {
	for _, format := range []telemetry.Format{telemetry.Text, telemetry.JSON, telemetry.Terminal} {
		for _, value := range hostile {
			got := both(t, format, value)
			lines := 0
			for line := range strings.Lines(got) {
				// On a terminal, what is long goes on below, behind spaces.
				if format != telemetry.Terminal || !strings.HasPrefix(line, "          ") {
					lines++
				}
			}
			if lines != 2 {
				t.Errorf("%s: %q makes other lines:\n%s", format, value, got)
			}
			for _, r := range got {
				if r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar && format != telemetry.JSON {
					t.Errorf("%s: %q writes %U:\n%q", format, value, r, got)
				}
			}
		}
	}
}

func TestJSONKeepsValues(t *testing.T) {
	for _, value := range hostile {
		want := strings.ToValidUTF8("x"+value, "\ufffd")
		if value == "\xff\xfe" {
			want = "x\ufffd\ufffd"
		}
		for i, text := range strings.Split(strings.TrimSpace(both(t, telemetry.JSON, value)), "\n") {
			var line map[string]any
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			values := []any{line["account"], line["error"]}
			if i == 1 {
				values = []any{line["msg"], line[want], line["g.error"]}
			}
			for _, got := range values {
				if got != want {
					t.Errorf("%q became %q in %s", value, got, text)
				}
			}
		}
	}
}

// TestTextQuotesAsSlogDoes: the same values need quotes, and are quoted the same way,
// as in a text handler of slog, for values without a backslash and in ASCII.
func TestTextQuotesAsSlogDoes(t *testing.T) {
	for _, value := range []string{"", "a", "a b", "a=b", `a"b`, "a\nb", "\x1b", "http://127.0.0.1:8016/?a", "{}[]()<>#'`", "111122223333"} {
		var theirs, ours bytes.Buffer
		slog.New(slog.NewTextHandler(&theirs, nil)).Info("m", "k", value)
		log := telemetry.NewLog(telemetry.Unbuffered(&ours), telemetry.Options{Format: telemetry.Text})
		log.Info("m", "k", value)
		_, want, _ := strings.Cut(theirs.String(), " ")
		if _, got, _ := strings.Cut(ours.String(), " "); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestDurationsHaveTheirUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0µs", 999 * time.Nanosecond: "0µs", 51 * time.Microsecond: "51µs", time.Millisecond: "1ms", 1302 * time.Microsecond: "1.302ms",
		1300 * time.Microsecond: "1.3ms", 999_999 * time.Microsecond: "999.999ms", time.Second: "1s", 90*time.Second + 50*time.Millisecond: "90.05s", -time.Second: "-1000000µs",
	} {
		var out bytes.Buffer
		log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.JSON})
		log.Info("m", "retry_in", d)
		if !strings.Contains(out.String(), `"retry_in":"`+want+`"`) {
			t.Errorf("%s: %s, want %s", d, out.String(), want)
		}
		if _, err := time.ParseDuration(want); err != nil {
			t.Error(err)
		}
	}
}

func TestValuesKeepTheirKind(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.JSON})
	at := time.Date(2026, 12, 24, 12, 0, 0, 1000, time.UTC)
	log.With("a", 1).WithGroup("g").With("b", uint64(2)).Info("m", "c", true, "d", at, "e", errors.New("x"), "f", 1.5, "h", []string{"i"}, "none", nil)
	_, got, _ := strings.Cut(out.String(), `"level"`)
	if want := `:"INFO","msg":"m","a":1,"g.b":2,"g.c":true,"g.d":"2026-12-24T12:00:00.000001Z","g.e":"x","g.f":"1.5","g.h":"[i]","g.none":"<nil>"}` + "\n"; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

// TestTimesOfLines: the text of a second is kept, and is that of no other.
func TestTimesOfLines(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.Text})
	metrics, err := telemetry.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	recorder, start := telemetry.NewRecorder(log, metrics), time.Date(2026, 12, 31, 23, 59, 58, 7_999_999, time.UTC)
	for _, after := range []time.Duration{0, time.Millisecond, 999 * time.Millisecond, 1992 * time.Millisecond, 0, -40 * 365 * 24 * time.Hour} {
		out.Reset()
		at := start.Add(after)
		recorder.Call(telemetry.Call{Ended: at})
		written, _, _ := strings.Cut(strings.TrimPrefix(out.String(), "time="), " ")
		if want := at.Local().Format("2006-01-02T15:04:05.000Z07:00"); written != want {
			t.Errorf("%s, want %s", written, want)
		}
	}
}
