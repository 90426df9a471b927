package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store/engine"
	"accord/internal/store/kept"
	"accord/test/require"
)

const cachedAccount = ident.AccountID("111111111111")

// openCached opens a store in a file with one account in an organization.
func openCached(t *testing.T, rehearse bool) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "accord.db"),
		Options{Clock: new(clock.System), Source: ident.NewSource(), Rehearse: rehearse})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	o := org.Organization{ID: "o-aaaaaaaaaa", Management: cachedAccount, Root: "r-aaaa", FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: time.UnixMicro(1).UTC()}
	err = s.Update(t.Context(), func(tx *Tx) error {
		return errors.Join(tx.InsertOrganization(o),
			tx.InsertAccount(org.Account{ID: cachedAccount, Name: "0", Email: "a@example.com", State: org.Active, Registered: o.Created}),
			tx.InsertMembership(cachedAccount, org.Membership{Organization: o.ID, Parent: o.Root.Parent(), ParentPath: o.RootPath(), Joined: o.Created}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// setFacts records one number under two names.
func setFacts(ctx context.Context, s *Store, n int) error {
	return s.Update(ctx, func(tx *Tx) error {
		return errors.Join(tx.UpsertFact("first", fmt.Sprint(n)), tx.UpsertFact("second", fmt.Sprint(n)))
	})
}

// facts reads both numbers in one view.
func facts(ctx context.Context, s *Store) (first, second int, err error) {
	err = s.View(ctx, func(v *View) error {
		for name, n := range map[FactName]*int{"first": &first, "second": &second} {
			text, err := v.Fact(name)
			if err == nil {
				_, err = fmt.Sscan(text, n)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return first, second, err
}

// keptFacts is facts by an answer that is kept, or made.
func keptFacts(ctx context.Context, s *Store) (first, second int, err error) {
	key := []byte("facts")
	answer := s.Kept(key)
	if answer == nil {
		err = s.View(ctx, func(v *View) error {
			var texts [2]string
			answer, err = v.Answer(key, func() error {
				for i, name := range []FactName{"first", "second"} {
					if texts[i], err = v.Fact(name); err != nil {
						return err
					}
				}
				return nil
			}, func() ([]byte, error) { return []byte(texts[0] + " " + texts[1]), nil })
			return err
		})
	}
	if err == nil {
		_, err = fmt.Sscan(string(answer), &first, &second)
	}
	return first, second, err
}

// readAfterWrites writes numbers one after the other while others read, and reports
// the first read that does not see a write that had returned before it began, or that
// sees only a half of one.
func readAfterWrites(ctx context.Context, s *Store, writes int, facts func(context.Context, *Store) (first, second int, err error)) error {
	if err := setFacts(ctx, s, 0); err != nil {
		return err
	}
	var written atomic.Int64
	var stop atomic.Bool
	failures := make(chan error, 9)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for !stop.Load() {
				before := int(written.Load())
				first, second, err := facts(ctx, s)
				if err == nil && (first < before || first != second) {
					err = fmt.Errorf("%d was written and %d and %d were read", before, first, second)
				}
				if err != nil {
					failures <- err
					return
				}
				// Reads that wait for nothing would keep the writer from running.
				runtime.Gosched()
			}
		})
	}
	for n := 1; n <= writes && len(failures) == 0; n++ {
		err := setFacts(ctx, s, n)
		written.Store(int64(n))
		if err == nil {
			var first int
			if first, _, err = facts(ctx, s); err == nil && first != n {
				err = fmt.Errorf("%d was written and %d was read by the same goroutine", n, first)
			}
		}
		if err != nil {
			failures <- err
		}
	}
	stop.Store(true)
	all.Wait()
	close(failures)
	return <-failures
}

// reads are the ways to read facts.
var reads = map[string]func(context.Context, *Store) (first, second int, err error){"rows": facts, "an answer": keptFacts}

func TestAReadSeesEveryWriteThatHasReturned(t *testing.T) {
	for name, read := range reads {
		if err := readAfterWrites(t.Context(), openCached(t, false), require.Amount(20, 100, 300), read); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// keepingScratch is an engine that does not drop the scratch with its state.
type keepingScratch struct {
	engine.Engine
	scratch atomic.Value
}

type sessionWithScratch struct {
	engine.Session
	scratch *atomic.Value
}

func (s sessionWithScratch) Scratch() *atomic.Value { return s.scratch }

func (e *keepingScratch) Scratch() *atomic.Value { return &e.scratch }

func (e *keepingScratch) View(ctx context.Context, fn func(engine.Session) error) error {
	return e.Engine.View(ctx, func(s engine.Session) error { return fn(sessionWithScratch{s, &e.scratch}) })
}

// A negative control: the test above notices a cache that is kept over a write.
func TestACacheThatIsKeptOverAWriteIsNoticed(t *testing.T) {
	for name, read := range reads {
		s := openCached(t, false)
		s.engine = &keepingScratch{Engine: s.engine}
		if err := readAfterWrites(t.Context(), s, 300, read); err == nil || !strings.Contains(err.Error(), " read") {
			t.Errorf("%s: not noticed: %v", name, err)
		}
	}
}

// cacheNow returns the cache of the current state.
func cacheNow(t *testing.T, s *Store) (c *kept.State) {
	t.Helper()
	if err := s.View(t.Context(), func(v *View) error {
		c = cacheIn(v.session.Scratch())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

func rowsOf(c *kept.State) int {
	rows, _ := c.Size()
	return rows
}

func TestResultsAreCachedUntilAWrite(t *testing.T) {
	s := openCached(t, false)
	read := func() {
		t.Helper()
		if err := s.View(t.Context(), func(v *View) error {
			for range 3 {
				if a, err := v.AccountWithOrganization(cachedAccount); err != nil || a.Account.Name != "0" {
					return fmt.Errorf("%v, %w", a, err)
				}
				if _, err := v.Account("999999999999"); err != ErrNotFound {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	read()
	c := cacheNow(t, s)
	if rowsOf(c) != 2 || cacheNow(t, s) != c {
		t.Errorf("%d results are cached, want a row and the absence of a row", rowsOf(c))
	}
	if err := setFacts(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	if c = cacheNow(t, s); rowsOf(c) != 0 {
		t.Errorf("%d results are cached after a write", rowsOf(c))
	}
	read()
	if err := s.View(t.Context(), func(v *View) error {
		_, err := v.Creation("o-aaaaaaaaaa", "car-1")
		if err != ErrNotFound {
			return err
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if rowsOf(c) != 2 {
		t.Errorf("%d results are cached; one that depends on the time must not be", rowsOf(c))
	}
}

// TestAnUncachedFactKeepsTheCache, is seen at once, and keeps nothing beside another write.
func TestAnUncachedFactKeepsTheCache(t *testing.T) {
	s := openCached(t, false)
	set := func(value, other string) {
		t.Helper()
		if err := s.Update(t.Context(), func(tx *Tx) error {
			err := tx.UpsertUncachedFact("probe", value)
			if other != "" {
				err = errors.Join(err, tx.UpsertFact("other", other))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(want string) {
		t.Helper()
		if err := s.View(t.Context(), func(v *View) error {
			if got, err := v.LargestFact("probe", "probf"); err != nil || got != want {
				t.Errorf("the fact is %q, %v, want %q", got, err, want)
			}
			_, err := v.AccountWithOrganization(cachedAccount)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	read("")
	first := cacheNow(t, s)
	for _, value := range []string{"1", "2"} {
		set(value, "")
		read(value)
		if cacheNow(t, s) != first || rowsOf(first) != 1 {
			t.Errorf("after a fact that is not cached, the cache has %d results", rowsOf(first))
		}
	}
	set("3", "x")
	read("3")
	if cacheNow(t, s) == first {
		t.Error("the cache was kept over another write")
	}
}

func TestTheSizeOfResultsIsCounted(t *testing.T) {
	s := openCached(t, false)
	name := strings.Repeat("x", 10_000)
	if err := s.Update(t.Context(), func(tx *Tx) error {
		return tx.InsertAccount(org.Account{ID: "222222222222", Name: name, Email: "b@example.com", State: org.Active})
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), func(v *View) error {
		_, err := v.Account("222222222222")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, n := cacheNow(t, s).Size(); n < len(name) || n > len(name)+2000 {
		t.Errorf("%d bytes for an account with a name of %d", n, len(name))
	}
}

// A caller that changes what it read changes it for all: a store that rehearses panics.
func TestAChangedResultIsNoticed(t *testing.T) {
	s := openCached(t, true)
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "the cache has") {
			t.Errorf("recovered %q", text)
		}
	}()
	_ = s.View(t.Context(), func(v *View) error {
		for range 2 {
			a, err := v.Account(cachedAccount)
			if err != nil {
				t.Error(err)
			}
			a.Membership.Parent = "ou-changed"
		}
		return nil
	})
}

func TestQueriesWithOtherArgumentsAreOthers(t *testing.T) {
	seen := map[string][]any{}
	for _, args := range [][]any{
		{}, {""}, {"", ""}, {"a"}, {"a", ""}, {"", "a"}, {"ab"}, {"a", "b"}, {ident.AccountID("b"), "a"}, {0}, {int64(1)}, {-1}, {0, 0}, {true}, {false}, {"t"}, {"i"},
		{strings.Repeat("a", 200)}, {strings.Repeat("a", 200), ""},
	} {
		key, ok := appendArguments(nil, args)
		if other, found := seen[string(key)]; found || !ok {
			t.Errorf("%v has the key of %v", args, other)
		}
		seen[string(key)] = args
	}
	for _, arg := range []any{currentTime(1), nil, 1.5, []byte("a")} {
		if _, ok := appendArguments(nil, []any{arg}); ok {
			t.Errorf("a query with a %T is cached", arg)
		}
	}
}
