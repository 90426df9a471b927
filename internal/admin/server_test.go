package admin_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"accord/internal/admin"
	"accord/internal/ident"
	"accord/internal/org"
)

func TestHealthAndMetrics(t *testing.T) {
	s := open(t)
	s.want("GET", "/healthz", "", 200, `{"status":"ok","version":"v0.0.0-test"}`)
	status, text := s.send("GET", "/metrics", "")
	if status != 200 || !strings.Contains(text, "accord_calls_in_flight 0") || !strings.Contains(text, "go_goroutines") {
		t.Errorf("%d\n%s", status, text)
	}
}

// broken is a provider whose store fails.
type broken struct{ admin.Provider }

func (broken) Account(context.Context, ident.AccountID) (org.Account, error) {
	return org.Account{}, errors.New("secret of the store")
}

func TestInternalErrorsGoToTheLogOnly(t *testing.T) {
	var log bytes.Buffer
	down := errors.New("secret of the store")
	s := admin.New(admin.Config{
		Provider: broken{}, Health: func(context.Context) error { return down },
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	for path, want := range map[string]int{"/accounts/111111111111": 500, "/healthz": 503} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		log.Reset()
		s.ServeHTTP(w, r)
		if w.Code != want || strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "secret of the store") {
			t.Errorf("%s: %d %s\nlog: %s", path, w.Code, w.Body, &log)
		}
	}
}

func TestShutdownWaitsForRequests(t *testing.T) {
	began, may := make(chan struct{}), make(chan struct{})
	s := admin.New(admin.Config{
		Health: func(context.Context) error { close(began); <-may; return nil },
		Log:    slog.New(slog.DiscardHandler),
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
