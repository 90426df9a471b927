package telemetry_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"accord/internal/telemetry"
)

func TestLinesForPeople(t *testing.T) {
	at := time.Date(2026, 11, 29, 11, 26, 39, 0, time.Local)
	for name, test := range map[string]struct {
		call telemetry.Call
		want string
	}{
		"success": {
			telemetry.Call{RequestID: "id", Service: "organizations", Operation: "CreateOrganization", Account: "111111111111", Outcome: telemetry.Success, Status: 200, Duration: 1302 * time.Microsecond},
			"11:26:39  111111111111  CreateOrganization            OK  1.3ms",
		},
		"another service": {
			telemetry.Call{Service: "sts", Operation: "GetCallerIdentity", Account: "111111111111", Outcome: telemetry.Success, Status: 200, Duration: 51 * time.Microsecond},
			"11:26:39  111111111111  sts:GetCallerIdentity         OK  51µs",
		},
		"an operation that is not known": {
			telemetry.Call{Service: "iam", Asked: "ListRoles", Outcome: "InvalidAction", Status: 400, Duration: 9 * time.Microsecond},
			"11:26:39                iam:ListRoles                 InvalidAction  9µs",
		},
		"a refused member": {
			telemetry.Call{Service: "organizations", Operation: "InviteAccountToOrganization", Account: "111111111111", Outcome: "InvalidInputException", Reason: "INVALID_PATTERN", Member: "Target.Id", Rule: "has to be an account ID", Status: 400, Duration: time.Millisecond},
			"11:26:39  111111111111  InviteAccountToOrganization   InvalidInputException  1ms  INVALID_PATTERN\n" +
				"                        Target.Id has to be an account ID",
		},
		"a quota": {
			telemetry.Call{Service: "organizations", Operation: "CreateOrganizationalUnit", Account: "111111111111", Outcome: "ConstraintViolationException", Reason: "OU_NUMBER_LIMIT_EXCEEDED", Setting: "units-per-organization", Status: 400},
			"11:26:39  111111111111  CreateOrganizationalUnit      ConstraintViolationException  0µs\n" +
				"                        OU_NUMBER_LIMIT_EXCEEDED  raised_by=units-per-organization",
		},
		"a failure": {
			telemetry.Call{RequestID: "id", Service: "organizations", Operation: "ListRoots", Account: "111111111111", Outcome: "ServiceException", Status: 500, Duration: 2 * time.Second, Cause: errors.New("disk full"), Stack: "main()\n\tmain.go:1 \x1b[0m\n"},
			"11:26:39  111111111111  ListRoots                     ServiceException  2s  request=id  disk full\n" +
				"                        main()\n" +
				`                        "    main.go:1 \x1b[0m"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			metrics, err := telemetry.NewMetrics(prometheus.NewRegistry())
			if err != nil {
				t.Fatal(err)
			}
			test.call.Ended = at
			telemetry.NewRecorder(telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.Terminal}), metrics).Call(test.call)
			if got := out.String(); got != test.want+"\n" {
				t.Errorf("\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestOtherLinesForPeople(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.Terminal, Level: slog.LevelInfo})
	log.Debug("not written")
	log.Info("invitation expired", "handshake", "h-0123456789abcdef0123456789abcdef", "organization", "o-exampleorgid", "at", time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC))
	log.Warn("messages are left", "kind", "a b", "retry_in", time.Second, "n", 3)
	log.Error("failed", "error", errors.New("x\ny"))
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, line[len("11:26:39"):])
	}
	if got, want := strings.Join(lines, ""), "  invitation expired  handshake=h-0123456789abcdef0123456789abcdef\n"+
		"  organization=o-exampleorgid  at=2026-12-24T12:00:00Z\n"+
		"  WARN  messages are left  kind=\"a b\"  retry_in=1s  n=3\n"+
		"  ERROR  failed  error=\"x\\ny\"\n"; got != want {
		t.Errorf("\n%swant\n%s", got, want)
	}
}

func TestColorsOfLinesForPeople(t *testing.T) {
	metrics, err := telemetry.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.Terminal, Color: true})
	recorder := telemetry.NewRecorder(log, metrics)
	for color, call := range map[string]telemetry.Call{
		"\x1b[32mOK\x1b[0m":               {Outcome: telemetry.Success, Status: 200},
		"\x1b[33mXException\x1b[0m":       {Outcome: "XException", Status: 400},
		"\x1b[31mServiceException\x1b[0m": {Outcome: "ServiceException", Status: 500},
	} {
		out.Reset()
		recorder.Call(call)
		if !strings.Contains(out.String(), color) {
			t.Errorf("%q lacks %q", out.String(), color)
		}
	}
}
