package server_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"accord/internal/server"
)

func TestStopAnswersCallsInFlight(t *testing.T) {
	b := start(t)
	began, finish := make(chan struct{}), make(chan struct{})
	b.when(func(ctx context.Context, in *request) (*response, error) {
		close(began)
		<-finish
		return &response{Name: in.Name}, ctx.Err()
	})
	answered := make(chan answer, 1)
	go func() { a, _ := b.send(look()); answered <- a }()
	<-began
	b.stop()
	// The listener closes while the call still runs.
	for range int(hang / (5 * time.Millisecond)) {
		conn, err := net.Dial("tcp", b.address)
		if err != nil {
			break
		}
		conn.Close()
		time.Sleep(5 * time.Millisecond)
	}
	if conn, err := net.Dial("tcp", b.address); err == nil {
		conn.Close()
		t.Error("the server accepts connections after the stop")
	}
	select {
	case err := <-b.stopped:
		t.Fatalf("the server stopped with a call in flight: %v", err)
	default:
	}
	close(finish)
	if a := <-answered; a.status != 200 {
		t.Errorf("the call in flight: %d %s", a.status, a.body)
	}
	if err := <-b.stopped; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestStopEndsWithTheGracePeriod(t *testing.T) {
	b := start(t, limited(server.Limits{Grace: 50 * time.Millisecond}))
	began := make(chan struct{})
	b.when(func(ctx context.Context, _ *request) (*response, error) {
		close(began)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	answered := make(chan error, 1)
	go func() { _, err := b.send(look()); answered <- err }()
	<-began
	b.stop()
	if err := <-b.stopped; err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stopped with %v", err)
	}
	if err := <-answered; err == nil {
		t.Error("the call that was cut was answered")
	}
}
