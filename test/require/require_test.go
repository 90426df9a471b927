package require_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"accord/test/require"
)

// witness is a test that only records how it ended.
type witness struct {
	testing.TB
	skipped, failed string
}

func (w *witness) Helper() {}

func (w *witness) Skipf(format string, args ...any) {
	w.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (w *witness) Fatalf(format string, args ...any) {
	w.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// watch runs what a test does and returns how that test ended.
func watch(test func(t testing.TB)) *witness {
	w := &witness{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		test(w)
	}()
	<-ended
	return w
}

func needAbsent(t testing.TB) { require.Tool(t, "accord-no-such-program") }

func TestAMissingToolSkips(t *testing.T) {
	t.Setenv("ACCORD_REQUIRE", "")
	got := watch(needAbsent)
	if want := "this machine lacks the program accord-no-such-program"; got.skipped != want || got.failed != "" {
		t.Errorf("skipped %q, failed %q", got.skipped, got.failed)
	}
}

func TestAMissingToolFailsWhereAllIsRequired(t *testing.T) {
	t.Setenv("ACCORD_REQUIRE", "all")
	got := watch(needAbsent)
	if got.failed == "" || got.skipped != "" {
		t.Errorf("skipped %q, failed %q", got.skipped, got.failed)
	}
}

func TestAToolIsFound(t *testing.T) {
	t.Setenv("ACCORD_REQUIRE", "all")
	parent := t.TempDir()
	for _, file := range []string{"14/bin/tool", "15/bin/tool"} {
		path := filepath.Join(parent, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	newest := filepath.Join(parent, "15/bin/tool")
	if got := require.Tool(t, "tool", filepath.Join(parent, "*/bin")); got != newest {
		t.Errorf("in the folders: %s", got)
	}
	t.Setenv("PATH", filepath.Join(parent, "14/bin"))
	if got := require.Tool(t, "tool", filepath.Join(parent, "absent")); got != filepath.Join(parent, "14/bin/tool") {
		t.Errorf("in the PATH: %s", got)
	}
}

func TestARunHasASize(t *testing.T) {
	for _, c := range []struct {
		long          string
		isLong        bool
		amount, short int
	}{{"", false, 2, 1}, {"1", true, 3, 3}} {
		t.Setenv("ACCORD_LONG", c.long)
		skipped := watch(func(t testing.TB) { require.Long(t) }).skipped
		if skipped == "" != c.isLong || require.IsLong() != c.isLong {
			t.Errorf("ACCORD_LONG=%q: skipped %q", c.long, skipped)
		}
		want := c.amount
		if testing.Short() {
			want = c.short
		}
		if got := require.Amount(1, 2, 3); got != want {
			t.Errorf("ACCORD_LONG=%q: the amount is %d", c.long, got)
		}
	}
}
