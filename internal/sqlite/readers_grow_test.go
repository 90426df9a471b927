package sqlite

import (
	"errors"
	"os"
	"testing"
)

// within runs a function while as many readers as given are in use.
func within(t *testing.T, db *DB, n int, fn func()) {
	t.Helper()
	if n == 0 {
		fn()
		return
	}
	if err := db.View(t.Context(), func(*Conn) error {
		within(t, db, n-1, fn)
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// openReaders counts the connections that read, while none is in use.
func openReaders(db *DB) int {
	db.readers.mu.Lock()
	defer db.readers.mu.Unlock()
	return len(db.readers.idle)
}

// TestReadersAreOpenedWhenTheyAreNeeded, and kept: as many as read at the same time.
func TestReadersAreOpenedWhenTheyAreNeeded(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	for i, used := range []int{1, 1, 3, 2, cap(db.readers.free), 1} {
		within(t, db, used, func() {})
		if got, want := openReaders(db), []int{1, 1, 3, 3, cap(db.readers.free), cap(db.readers.free)}[i]; got != want {
			t.Errorf("after %d at once %d are open, want %d", used, got, want)
		}
	}
}

// TestAReaderThatCannotBeOpenedIsWaitedFor: one that is open serves in its place.
func TestAReaderThatCannotBeOpenedIsWaitedFor(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	attempts := make(chan struct{}, 1000)
	db.readers.open = func() (*Conn, error) {
		attempts <- struct{}{}
		return nil, errors.New("refused")
	}
	found := make(chan string, 1)
	within(t, db, 1, func() {
		go func() { found <- get(t, db, "a") }()
		<-attempts
	})
	if got := <-found; got != "1" {
		t.Errorf("it reads %q", got)
	}
}

// TestNoReaderIsOpenedOfAnotherFile that was put at the path since.
func TestNoReaderIsOpenedOfAnotherFile(t *testing.T) {
	path := file(t)
	db, err := Open(path, Options{Pragmas: []string{"journal_mode(WAL)"}, Readers: 2, Guarded: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); !errors.Is(err, ErrReplaced) {
			t.Errorf("its end: %v", err)
		}
	}()
	if c, err := db.readers.open(); err != nil {
		t.Fatalf("the control: %v", err)
	} else if err := c.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.readers.open(); !errors.Is(err, ErrReplaced) {
		t.Errorf("it was opened: %v", err)
	}
}
