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

// post writes letters in one transaction each.
func post(t *testing.T, s *store.Store, kind string, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.InsertMessage(store.Message{Kind: kind, Body: body}) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// numbers is n bodies, so that their order can be seen.
func numbers(n int) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("%03d", i)
	}
	return bodies
}

// box is a sink that keeps what it gets, and refuses while it is told to.
type box struct {
	mu      sync.Mutex
	letters []store.Message
	calls   int
	refuse  error
	// before, when set, runs before each delivery.
	before func()
}

var errFull = errors.New("full")

func (b *box) Deliver(ctx context.Context, letters []store.Message) error {
	if b.before != nil {
		b.before()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.refuse != nil {
		return b.refuse
	}
	b.letters = append(b.letters, letters...)
	return nil
}

func (b *box) setRefuse(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = err
}

func (b *box) asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

func (b *box) bodies() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	bodies := []string{}
	for _, l := range b.letters {
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

// running runs the dispatcher until stop is called, or the test ends.
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

func TestLettersOfAKindArriveOnceInTheOrderOfWriting(t *testing.T) {
	s := memory(t, clock.NewVirtual(start))
	var records, mails box
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &records)
	d.Sink("mail", &mails)
	want := numbers(250)
	for i, body := range want {
		post(t, s, []string{"record", "other"}[i%2], body)
	}
	post(t, s, "mail", "a", "b")
	for range 2 {
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want = slices.DeleteFunc(want, func(body string) bool { return body[2]%2 == 1 })
	same(t, "records", want, records.bodies())
	same(t, "mails", []string{"a", "b"}, mails.bodies())
}

func TestLettersAreDeliveredAfterAPoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t, clock.NewVirtual(start))
		var b box
		d := outbox.New(s, quiet, outbox.Options{Poll: time.Minute})
		d.Sink("record", &b)
		running(t, d)
		time.Sleep(time.Second)
		for i := range 5 {
			post(t, s, "record", fmt.Sprintf("%03d", i))
			d.Notify()
		}
		time.Sleep(time.Second)
		same(t, "after the pokes", numbers(5), b.bodies())
		same(t, "deliveries", 1, b.asked())
		// Written by another server.
		post(t, s, "record", "005")
		time.Sleep(time.Minute)
		same(t, "after the poll", numbers(6), b.bodies())
	})
}

func TestASinkThatRefusesIsAskedAgainWithoutHurryAndGetsAllInOrder(t *testing.T) {
	for _, lease := range []time.Duration{0, 30 * time.Second, time.Hour} {
		t.Run(lease.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memory(t, new(clock.System))
				var b, other box
				b.refuse = errFull
				d := outbox.New(s, quiet, outbox.Options{Lease: lease, Poll: time.Second})
				d.Sink("record", &b)
				d.Sink("mail", &other)
				running(t, d)
				want := numbers(150)
				post(t, s, "record", want...)
				post(t, s, "mail", "hello")
				for range 100 {
					d.Notify()
					time.Sleep(6 * time.Second)
				}
				if n := b.asked(); n < 8 || n > 20 {
					t.Errorf("asked %d times in ten minutes", n)
				}
				same(t, "the other sink", []string{"hello"}, other.bodies())
				b.setRefuse(nil)
				time.Sleep(2 * time.Minute)
				same(t, "letters", want, b.bodies())
			})
		})
	}
}

// A dispatcher that dies between the delivery and its mark sends the letters
// again: with the same ids, before all later ones, and none is lost.
func TestACrashBeforeTheMarkSendsTheSameLettersAgain(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	c := clock.NewVirtual(start)
	var crash atomic.Bool
	s := open(t, url, c, store.Options{BeforeCommit: func() error {
		if crash.Load() {
			return errors.New("gone")
		}
		return nil
	}})
	var first box
	first.before = func() { crash.Store(true) }
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &first)
	post(t, s, "record", "a", "b")
	if err := d.Flush(t.Context()); err == nil {
		t.Error("no error")
	}
	closed(t, s)

	s = open(t, url, c, store.Options{})
	defer closed(t, s)
	post(t, s, "record", "c")
	var second box
	d = outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &second)
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "before the crash", []string{"a", "b"}, first.bodies())
	same(t, "after the crash", []string{"a", "b", "c"}, second.bodies())
	same(t, "letters", first.letters, second.letters[:2])
}

// Within one process a failing mark is made up for, and nothing comes twice.
func TestAMarkThatFailsIsMadeLater(t *testing.T) {
	var sick atomic.Bool
	s := open(t, "memory", clock.NewVirtual(start), store.Options{BeforeCommit: func() error {
		if sick.Load() {
			return errors.New("gone")
		}
		return nil
	}})
	defer closed(t, s)
	var b box
	b.before = func() { sick.Store(true) }
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &b)
	post(t, s, "record", "a")
	if err := d.Flush(t.Context()); err == nil {
		t.Error("no error")
	}
	sick.Store(false)
	for range 2 {
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "letters", []string{"a"}, b.bodies())
}

func TestWhatHasArrivedIsMarkedWhenTheRunEnds(t *testing.T) {
	s := memory(t, clock.NewVirtual(start))
	ctx, cancel := context.WithCancel(t.Context())
	var b box
	b.before = cancel
	d := outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &b)
	post(t, s, "record", numbers(150)...)
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	same(t, "at the end of the run", numbers(150)[:100], b.bodies())
	// Another process, so that nothing is remembered.
	var rest box
	d = outbox.New(s, quiet, outbox.Options{})
	d.Sink("record", &rest)
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "after it", numbers(150)[100:], rest.bodies())
}

func TestServersShareLettersAndTakeOverFromTheDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t, new(clock.System))
		const lease = 30 * time.Second
		want := numbers(300)
		post(t, s, "record", want...)
		var alive, dead box
		// The dead server holds a batch that it never delivers.
		dead.refuse = errFull
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
		same(t, "while the lease of the dead runs", want[100:], got)
		time.Sleep(lease)
		d := outbox.New(s, quiet, outbox.Options{Lease: lease})
		d.Sink("record", &alive)
		if err := d.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		got = alive.bodies()
		slices.Sort(got)
		same(t, "after it", want, got)
		// The dead server comes back: what it held is no longer its own.
		dead.setRefuse(nil)
		if err := died.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "the dead", []string{}, dead.bodies())
	})
}

func TestTwoSinksForOneKindAreRefused(t *testing.T) {
	d := outbox.New(nil, quiet, outbox.Options{})
	d.Sink("record", &box{})
	defer func() {
		if recover() == nil {
			t.Error("accepted")
		}
	}()
	d.Sink("record", &box{})
}
