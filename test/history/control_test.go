package history_test

import (
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/quota"
	"accord/test/require"
)

// TestAServiceThatDiffersIsFound is the negative control of the histories: the same
// sequences and the same model, and a service whose quota is larger by one.
func TestAServiceThatDiffersIsFound(t *testing.T) {
	require.Full(t)
	for name, value := range map[string]string{"rapid.checks": "5000", "rapid.steps": "40", "rapid.nofailfile": "true", "rapid.shrinktime": "0s"} {
		before := flag.Lookup(name).Value.String()
		set(name, value)
		t.Cleanup(func() { set(name, before) })
	}
	differing := map[quota.Name]int{quota.AccountsPerOrganization: accountQuota + 1, quota.UnitDepth: depthQuota + 1, attachments: attachmentQuota + 1}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(differing)) {
		f := open(t, "memory", map[quota.Name]int{name: differing[name]})
		made := 0
		w := observe(t, func(w *witness) {
			rapid.Check(w, func(t *rapid.T) {
				made++
				t.Repeat(f.history(t).actions())
			})
		})
		if !strings.Contains(w.text, "the service says") {
			t.Errorf("a service whose quota %s is larger by one is not noticed in %d histories: %s", name, made, w.text)
			continue
		}
		found = append(found, fmt.Sprintf("%s in %d", name, made))
	}
	t.Logf("evidence: a quota that is larger by one is found, within so many histories: %s", strings.Join(found, ", "))
}

// witness is a test that records its failure and passes.
type witness struct {
	*testing.T
	failed bool
	text   string
}

func observe(t *testing.T, test func(w *witness)) *witness {
	w := &witness{T: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		test(w)
	}()
	<-ended
	return w
}

func (w *witness) Failed() bool                      { return w.failed }
func (w *witness) Fail()                             { w.failed = true }
func (w *witness) Log(args ...any)                   { w.text += fmt.Sprintln(args...) }
func (w *witness) Logf(format string, args ...any)   { w.text += fmt.Sprintf(format, args...) + "\n" }
func (w *witness) Error(args ...any)                 { w.Log(args...); w.Fail() }
func (w *witness) Errorf(format string, args ...any) { w.Logf(format, args...); w.Fail() }
func (w *witness) FailNow()                          { w.Fail(); runtime.Goexit() }
func (w *witness) Fatal(args ...any)                 { w.Log(args...); w.FailNow() }
func (w *witness) Fatalf(format string, args ...any) { w.Logf(format, args...); w.FailNow() }
