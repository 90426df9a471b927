package admin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"accord/internal/admin"
	"accord/internal/health"
	"accord/internal/ident"
	"accord/internal/org"
)

func TestMetrics(t *testing.T) {
	s := open(t)
	status, text := s.send("GET", "/metrics", "")
	if status != 200 || !strings.Contains(text, "accord_calls_in_flight 0") || !strings.Contains(text, "go_goroutines") {
		t.Errorf("%d\n%s", status, text)
	}
}

// TestReadinessHasItsChecks: ready is 200 with all checks, and not ready 503 with what is
// wrong and its cure; liveness depends on neither.
func TestReadinessHasItsChecks(t *testing.T) {
	report := health.Report{Ready: true, Checks: []health.NamedResult{
		{Name: "write", Result: health.Result{Status: health.OK}},
		{Name: "disk-space", Result: health.Result{Status: health.Warning, Value: "9 MiB free", Message: "free space"}},
	}}
	s := admin.New(admin.Config{Version: "v1", Ready: func(context.Context) health.Report { return report }, Log: slog.New(slog.DiscardHandler)})
	get := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	want := func(path string, status int, body string) {
		t.Helper()
		w := get(path)
		if got := strings.TrimSpace(w.Body.String()); w.Code != status || got != body {
			t.Errorf("%s: %d %s\nwant %d %s", path, w.Code, got, status, body)
		}
		if again := w.Header().Get("Retry-After"); (again != "") != (status == 503) {
			t.Errorf("%s: Retry-After %q", path, again)
		}
	}
	const live = `{"status":"ok","version":"v1"}`
	for _, path := range []string{"/readyz", "/healthz"} {
		want(path, 200, `{"status":"ok","version":"v1","checks":[{"name":"write","status":"ok"},`+
			`{"name":"disk-space","status":"warning","value":"9 MiB free","message":"free space"}]}`)
	}
	want("/livez", 200, live)
	report = health.Report{Checks: []health.NamedResult{
		{Name: "write", Result: health.Result{Status: health.Failed, Value: "disk-full", Message: "the disk is full; free space"}},
		{Name: "clock", Result: health.Result{Status: health.OK}},
	}}
	for _, path := range []string{"/readyz", "/healthz"} {
		want(path, 503, `{"status":"not ready","version":"v1","error":"not ready: write: the disk is full; free space",`+
			`"checks":[{"name":"write","status":"failed","value":"disk-full","message":"the disk is full; free space"},{"name":"clock","status":"ok"}]}`)
	}
	want("/livez", 200, live)
}

// TestAStoreThatCannotServeIsNoInternalError: 503, and the path of the store stays in the
// log.
func TestAStoreThatCannotServeIsNoInternalError(t *testing.T) {
	full := &health.NotReady{Reason: health.DiskFull, Cure: "free /data", Cause: errors.New("no space on /data")}
	s := admin.New(admin.Config{Provider: brokenProvider{error: fmt.Errorf("reading: %w", full)}, Log: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest("GET", "/accounts/111111111111", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 503 || !strings.Contains(w.Body.String(), "the disk of the store is full") || strings.Contains(w.Body.String(), "/data") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// brokenProvider is a provider whose store fails.
type brokenProvider struct {
	admin.Provider
	error
}

func (f brokenProvider) Account(context.Context, ident.AccountID) (org.Account, error) {
	return org.Account{}, f.error
}

func TestInternalErrorsGoToTheLogOnly(t *testing.T) {
	var log bytes.Buffer
	down := errors.New("secret of the store")
	s := admin.New(admin.Config{Provider: brokenProvider{error: down}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	r := httptest.NewRequest("GET", "/accounts/111111111111", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "secret of the store") {
		t.Errorf("%d %s\nlog: %s", w.Code, w.Body, &log)
	}
}

func TestShutdownWaitsForRequests(t *testing.T) {
	began, may := make(chan struct{}), make(chan struct{})
	s := admin.New(admin.Config{
		Ready: func(context.Context) health.Report { close(began); <-may; return health.Report{Ready: true} },
		Log:   slog.New(slog.DiscardHandler),
	})
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, status := make(chan error), make(chan int)
	go func() { ended <- s.Run(ctx, port) }()
	go func() {
		answer, err := http.Get("http://" + port.Addr().String() + "/healthz")
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		_ = answer.Body.Close()
		status <- answer.StatusCode
	}()
	<-began
	stop()
	close(may)
	if got := <-status; got != 200 {
		t.Errorf("the request was answered with %d", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
