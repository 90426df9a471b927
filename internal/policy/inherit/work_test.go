package inherit_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"accord/internal/policy/document"
	"accord/test/require"
)

// workloads are documents of n members that invite quadratic work.
var workloads = map[string]struct {
	policyType string
	content    func(n int) string
}{
	"members": {"TAG_POLICY", func(n int) string {
		return `{"tags":{` + numbered(n, `"k%d":{"tag_value":{"@@append":["v"]}}`) + `}}`
	}},
	"values": {"TAG_POLICY", func(n int) string {
		return `{"tags":{"crew":{"tag_value":{"@@append":[` + numbered(n, `"v%d"`) + `]}}}}`
	}},
	"unknown values": {"TAG_POLICY", func(n int) string {
		return `{"tags":{"crew":{"enforced_for":{"@@assign":[` + numbered(n, `"service%d:type"`) + `]}}}}`
	}},
	"unknown names": {"AISERVICES_OPT_OUT_POLICY", func(n int) string {
		return `{"services":{` + numbered(n, `"default%d":{}`) + `}}`
	}},
	"unknown fields": {"BACKUP_POLICY", func(n int) string {
		return `{"plans":{"p":{"rules":{"r":{` + numbered(n, `"schedule%d":{}`) + `}}}}}`
	}},
	"invalid rules": {"BACKUP_POLICY", func(n int) string {
		return `{"plans":{"p":{"rules":{` + numbered(n, `"r%d":{"enable_continuous_backup":{"@@assign":"false"}}`) + `}}}}`
	}},
}

// lookups is a quadratic workload, the control: it looks up each of n members in the
// list of all.
const lookups = "lookups"

// workload names a workload and its size, for a process that is to do it.
const workload = "ACCORD_TEST_WORKLOAD"

// TestWorkload does the work whose statements TestWorkIsLinear counts.
func TestWorkload(t *testing.T) {
	name, size, found := strings.Cut(os.Getenv(workload), "/")
	if !found {
		return
	}
	n, err := strconv.Atoi(size)
	if err != nil {
		t.Fatal(err)
	}
	if name == lookups {
		object, _ := document.Parse("{" + numbered(n, `"k%d":0`) + "}")
		for _, member := range object.Members {
			object.Member(member.Name)
		}
		return
	}
	w := workloads[name]
	content := w.content(n)
	check(w.policyType, content, anyTime)
	merge(w.policyType, []testLevel{at(content, content), at(content)}, anyTime)
}

// TestWorkIsLinear counts the statements that run for documents of two sizes, as the
// coverage counters of the compiler do: it measures no time. Loops of the standard
// library do not count.
func TestWorkIsLinear(t *testing.T) {
	require.Long(t)
	folder := t.TempDir()
	binary := filepath.Join(folder, "counting.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, "-covermode=count",
		"-coverpkg=accord/internal/policy/inherit,accord/internal/policy/document", ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// statements returns how many statements run for a workload.
	statements := func(name string, n int) int {
		profile := filepath.Join(folder, "profile")
		run := exec.CommandContext(t.Context(), binary, "-test.run=^TestWorkload$", "-test.coverprofile="+profile)
		run.Env = append(os.Environ(), fmt.Sprintf("%s=%s/%d", workload, name, n))
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text, err := os.ReadFile(profile)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for line := range strings.Lines(string(text)) {
			var block string
			var length, count int
			if n, _ := fmt.Sscan(line, &block, &length, &count); n == 3 {
				sum += length * count
			}
		}
		return sum
	}
	// growth is how often the work of a small document goes into that of one that is 32
	// times as large, without the work for an empty one: 32 for linear work, 1024 for
	// work that grows with the square.
	growth := func(name string) float64 {
		empty, small, large := statements(name, 0), statements(name, 100), statements(name, 3200)
		return float64(large-empty) / float64(small-empty)
	}
	for name := range workloads {
		if g := growth(name); g > 40 {
			t.Errorf("%s: 32 times the length is %.1f times the work", name, g)
		}
	}
	if g := growth(lookups); g < 200 {
		t.Errorf("lookups in a list are %.1f times the work: the count does not see them", g)
	}
}
