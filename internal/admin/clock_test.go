package admin_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/admin"
	"accord/internal/jobs"
)

func TestClockIsShownAndMoved(t *testing.T) {
	s := open(t)
	s.want("GET", "/clock", "", 200, `{"clock":"virtual","now":"2026-11-02T08:00:00Z"}`)
	s.want("POST", "/clock", `{"advance": "15d"}`, 200, `{"clock":"virtual","now":"2026-11-17T08:00:00Z"}`)
	s.want("POST", "/clock", `{"set": "2026-12-24T12:00:00.25+01:00"}`, 200, `{"clock":"virtual","now":"2026-12-24T11:00:00.25Z"}`)
	s.want("POST", "/clock", `{"set": "2020-01-01"}`, 200, `{"clock":"virtual","now":"2020-01-01T00:00:00Z"}`)
	s.want("POST", "/accounts", `{"id": "222222222222", "email": "b@example.com", "name": "B"}`, 200, `{"id":"222222222222","name":"B","email":"b@example.com",`+
		`"state":"ACTIVE","emailVerified":true,"serviceLinkedRole":false,"govcloud":false,`+
		`"readiness":{"agreement":true,"phone":true,"payment":true,"contact":true,"support":true},"registered":"2020-01-01T00:00:00Z"}`)
	s.want("POST", "/clock", `{"advance": "-1s"}`, 409, `{"error":"not possible now: the clock is at 2020-01-01T00:00:00Z and goes back only while there is no account (POST /reset deletes all)"}`)
	for body, want := range map[string]string{
		``:   "the body cannot be read: a JSON object is expected",
		`{}`: `one of \"advance\" and \"set\" is expected`,
		`{"advance": "1h", "set": "2026-12-24T12:00:00Z"}`: `one of \"advance\" and \"set\" is expected`,
		`{"advance": "15 days"}`:                           `advance: \"15 days\" is not a duration such as 15d, 1d12h or 90m`,
		`{"set": "tomorrow"}`:                              `set: \"tomorrow\" is not an instant such as 2026-12-24 or 2026-12-24T12:00:00Z`,
		`{"set": "1969-12-31T23:59:59Z"}`:                  "malformed: the clock shows the years 1970 to 9999",
		`{"advance": "1h"} {}`:                             "the body cannot be read: not valid JSON at byte 18: invalid character '{' after top-level value",
		`{"advance": "1h", "by": 1}`:                       `the body cannot be read: unknown member \"by\"`,
		`{"advance": 1}`:                                   "the body cannot be read: advance: a JSON number is not allowed here",
	} {
		s.want("POST", "/clock", body, 400, `{"error":"`+want+`"}`)
	}
	s.want("GET", "/clock", "", 200, `{"clock":"virtual","now":"2020-01-01T00:00:00Z"}`)
}

func TestSystemClockCannotBeMoved(t *testing.T) {
	s := open(t, "clock", "system")
	if status, text := s.send("GET", "/clock", ""); status != 200 || !strings.HasPrefix(text, `{"clock":"system","now":"2`) {
		t.Errorf("%d %s", status, text)
	}
	s.want("POST", "/clock", `{"advance": "1h"}`, 409, `{"error":"not possible now: the clock is the system's; only a virtual clock can be moved (--clock virtual)"}`)
}

// failing is a clock that moves while a job fails.
type failing struct{ admin.Clock }

func (failing) Advance(context.Context, time.Duration) error {
	return &jobs.FailedError{Jobs: 1, First: errors.New("account gone of 222222222222: no reason")}
}

// unrecorded records no change.
type unrecorded struct{ admin.Changes }

func (unrecorded) Begin(ctx context.Context, _ admin.Change) context.Context { return ctx }

func TestFailedJobOfAMovedClockIsReported(t *testing.T) {
	s := admin.New(admin.Config{Clock: failing{}, Changes: unrecorded{}, Writes: true, Log: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest("POST", "/clock", strings.NewReader(`{"advance": "1h"}`))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 500 || !strings.Contains(w.Body.String(), "the clock was moved, but 1 jobs failed") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
