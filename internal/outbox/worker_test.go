package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/outbox"
	"accord/internal/store"
	"accord/internal/store/dump"
)

var (
	start = time.Date(2026, 9, 13, 20, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)
)

func open(t *testing.T, url string, c clock.Clock, options store.Options) *store.Store {
	t.Helper()
	options.Clock, options.Source, options.Rehearse = c, ident.NewSource(), true
	s, err := store.Open(t.Context(), url, options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// memory opens a store that is closed at the end.
func memory(t *testing.T, c clock.Clock) *store.Store {
	t.Helper()
	s := open(t, "memory", c, store.Options{})
	t.Cleanup(func() { closed(t, s) })
	return s
}

func closed(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// write writes messages in one transaction each.
func write(t *testing.T, s *store.Store, kind string, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.InsertMessage(store.Message{Kind: kind, Body: body}) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// numbers is n bodies that show their order.
func numbers(n int) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("%03d", i)
	}
	return bodies
}

// recordingSink is a sink that keeps its messages, and fails while failure is set.
type recordingSink struct {
	mu       sync.Mutex
	messages []store.Message
	calls    int
	failure  error
	// before, when set, runs before each delivery.
	before func()
}

var errFull = errors.New("full")

func (b *recordingSink) Deliver(ctx context.Context, messages []store.Message) error {
	if b.before != nil {
		b.before()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.failure != nil {
		return b.failure
	}
	b.messages = append(b.messages, messages...)
	return nil
}

func (b *recordingSink) setFailure(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failure = err
}

func (b *recordingSink) attempts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

func (b *recordingSink) bodies() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	bodies := []string{}
	for _, l := range b.messages {
		bodies = append(bodies, l.Body)
	}
	return bodies
}

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// running runs a worker until stop is called, or the test ends.
func running(t *testing.T, d *outbox.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func TestMessagesOfOneKindAreDeliveredOnceInOrder(t *testing.T) {
	s := memory(t, clock.NewVirtual(start))
	var records, mails recordingSink
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &records)
	d.Sink("mail", &mails)
	want := numbers(250)
	for i, body := range want {
		write(t, s, []string{"record", "other"}[i%2], body)
	}
	write(t, s, "mail", "a", "b")
	for range 2 {
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want = slices.DeleteFunc(want, func(body string) bool { return body[2]%2 == 1 })
	same(t, "records", want, records.bodies())
	same(t, "mails", []string{"a", "b"}, mails.bodies())
}

func TestNotifyStartsADelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t, clock.NewVirtual(start))
		var b recordingSink
		d := outbox.New(s, quiet, outbox.Options{Poll: time.Minute})
		d.Sink("record", &b)
		running(t, d)
		time.Sleep(time.Second)
		for i := range 5 {
			write(t, s, "record", fmt.Sprintf("%03d", i))
			d.Notify()
		}
		time.Sleep(time.Second)
		same(t, "after Notify", numbers(5), b.bodies())
		same(t, "deliveries", 1, b.attempts())
		// Written by another server.
		write(t, s, "record", "005")
		time.Sleep(time.Minute)
		same(t, "after the poll", numbers(6), b.bodies())
	})
}

func TestAFailingSinkIsRetriedWithBackoffAndInOrder(t *testing.T) {
	for _, lease := range []time.Duration{0, 30 * time.Second, time.Hour} {
		t.Run(lease.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memory(t, new(clock.System))
				var b, other recordingSink
				b.failure = errFull
				d := outbox.New(s, quiet, outbox.Options{Lease: lease, Poll: time.Second})
				d.Sink("record", &b)
				d.Sink("mail", &other)
				running(t, d)
				want := numbers(150)
				write(t, s, "record", want...)
				write(t, s, "mail", "hello")
				for range 100 {
					d.Notify()
					time.Sleep(6 * time.Second)
				}
				if n := b.attempts(); n < 8 || n > 20 {
					t.Errorf("tried %d times in ten minutes", n)
				}
				same(t, "the other sink", []string{"hello"}, other.bodies())
				b.setFailure(nil)
				time.Sleep(2 * time.Minute)
				same(t, "messages", want, b.bodies())
			})
		})
	}
}

// A worker that crashes between the delivery and its mark delivers the messages
// again: with the same IDs, before all later ones, and none is lost.
func TestACrashBeforeTheMarkDeliversTheSameMessagesAgain(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	c := clock.NewVirtual(start)
	var crash atomic.Bool
	s := open(t, url, c, store.Options{BeforeCommit: func() error {
		if crash.Load() {
			return errors.New("gone")
		}
		return nil
	}})
	var first recordingSink
	first.before = func() { crash.Store(true) }
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &first)
	write(t, s, "record", "a", "b")
	if err := d.Flush(t.Context()); err == nil {
		t.Error("no error")
	}
	closed(t, s)

	s = open(t, url, c, store.Options{})
	defer closed(t, s)
	write(t, s, "record", "c")
	var second recordingSink
	d = outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &second)
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "before the crash", []string{"a", "b"}, first.bodies())
	same(t, "after the crash", []string{"a", "b", "c"}, second.bodies())
	same(t, "messages", first.messages, second.messages[:2])
}

// Within one process a failed mark is retried, and no message is delivered twice.
func TestAFailedMarkIsRetried(t *testing.T) {
	var sick atomic.Bool
	s := open(t, "memory", clock.NewVirtual(start), store.Options{BeforeCommit: func() error {
		if sick.Load() {
			return errors.New("gone")
		}
		return nil
	}})
	defer closed(t, s)
	var b recordingSink
	b.before = func() { sick.Store(true) }
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &b)
	write(t, s, "record", "a")
	if err := d.Flush(t.Context()); err == nil {
		t.Error("no error")
	}
	sick.Store(false)
	for range 2 {
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "messages", []string{"a"}, b.bodies())
}

func TestDeliveredMessagesAreMarkedWhenRunEnds(t *testing.T) {
	s := memory(t, clock.NewVirtual(start))
	ctx, cancel := context.WithCancel(t.Context())
	var b recordingSink
	b.before = cancel
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &b)
	write(t, s, "record", numbers(150)...)
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	same(t, "at the end of the run", numbers(150)[:100], b.bodies())
	// A new worker, which has nothing in memory.
	var rest recordingSink
	d = outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &rest)
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "after it", numbers(150)[100:], rest.bodies())
}

func TestServersShareMessagesAndTakeOverFromACrashedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t, new(clock.System))
		const lease = 30 * time.Second
		want := numbers(300)
		write(t, s, "record", want...)
		var alive, dead recordingSink
		// The crashed server holds a batch that it never delivers.
		dead.failure = errFull
		died := outbox.New(s, quiet, outbox.Options{Lease: lease})
		died.Sink("record", &dead)
		if err := died.Flush(t.Context()); !errors.Is(err, errFull) {
			t.Fatal(err)
		}
		var servers sync.WaitGroup
		for range 3 {
			d := outbox.New(s, quiet, outbox.Options{Lease: lease})
			d.Sink("record", &alive)
			servers.Go(func() {
				if err := d.Flush(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		servers.Wait()
		got := alive.bodies()
		slices.Sort(got)
		same(t, "while the lease of the crashed server lasts", want[100:], got)
		time.Sleep(lease)
		d := outbox.New(s, quiet, outbox.Options{Lease: lease})
		d.Sink("record", &alive)
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		got = alive.bodies()
		slices.Sort(got)
		same(t, "after it", want, got)
		// The crashed server comes back: its lease has ended.
		dead.setFailure(nil)
		if err := died.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "the crashed server", []string{}, dead.bodies())
	})
}

func TestTwoSinksForOneKindAreRefused(t *testing.T) {
	d := outbox.New(nil, quiet, outbox.Options{})
	d.Sink("record", &recordingSink{})
	defer func() {
		if recover() == nil {
			t.Error("accepted")
		}
	}()
	d.Sink("record", &recordingSink{})
}

// A reset between a change and its delivery, 30 times. The negative control tells the
// store of no sink, as it was once: the reset deletes what waits, and all is lost.
func TestAResetKeepsWhatWaitsForItsSink(t *testing.T) {
	lost := func(register bool) int {
		s := memory(t, clock.NewVirtual(start))
		var sink recordingSink
		w := outbox.New(s, quiet, outbox.Options{})
		w.Sink("record", &sink)
		if register {
			if err := s.Update(t.Context(), w.Register); err != nil {
				t.Fatal(err)
			}
		}
		const rounds = 30
		for _, body := range numbers(rounds) {
			write(t, s, "record", body)
			if err := s.Update(t.Context(), dump.DeleteEverything); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return rounds - len(sink.bodies())
	}
	same(t, "lost", 0, lost(true))
	same(t, "lost by the control", 30, lost(false))
	t.Log("evidence: 30 resets between a change and its delivery: 0 records lost; control, the store knows of no sink: 30 of 30 lost")
}
