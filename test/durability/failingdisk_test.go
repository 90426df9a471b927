package durability_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
	"accord/test/require"
)

// changing is a client that names units, and knows which were acknowledged.
type changing struct {
	t            *testing.T
	client       *organizations.Client
	root         string
	number       int
	acknowledged []string
}

func startChanging(t *testing.T, client *organizations.Client) *changing {
	t.Helper()
	c := &changing{t: t, client: client}
	if _, err := c.client.CreateOrganization(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	c.root = c.roots()
	return c
}

// roots reads.
func (c *changing) roots() string {
	c.t.Helper()
	roots, err := c.client.ListRoots(c.t.Context(), nil)
	if err != nil {
		c.t.Fatalf("a read: %v", err)
	}
	return *roots.Roots[0].Id
}

// change makes a unit without the retries of the SDK, and returns the status.
func (c *changing) change() int {
	c.number++
	name := fmt.Sprintf("%d %s", c.number, strings.Repeat("x", 100)+"ü")
	_, err := c.client.CreateOrganizationalUnit(context.Background(), &organizations.CreateOrganizationalUnitInput{Name: &name, ParentId: &c.root},
		func(o *organizations.Options) { o.Retryer = aws.NopRetryer{} })
	if err == nil {
		c.acknowledged = append(c.acknowledged, name)
		return http.StatusOK
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// lost counts what was acknowledged and is not there.
func (c *changing) lost() (lost int) {
	c.t.Helper()
	there := map[string]bool{}
	pages := organizations.NewListOrganizationalUnitsForParentPaginator(c.client, &organizations.ListOrganizationalUnitsForParentInput{ParentId: &c.root})
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.t.Context())
		var none *types.AWSOrganizationsNotInUseException
		if errors.As(err, &none) {
			return len(c.acknowledged) // The organization is lost, too.
		}
		if err != nil {
			c.t.Fatal(err)
		}
		for _, unit := range page.OrganizationalUnits {
			there[*unit.Name] = true
		}
	}
	for _, name := range c.acknowledged {
		if !there[name] {
			lost++
		}
	}
	return lost
}

// acknowledge makes changes of which none may be refused.
func (c *changing) acknowledge(n int) {
	c.t.Helper()
	for range n {
		if status := c.change(); status != http.StatusOK {
			c.t.Fatalf("a change: %d", status)
		}
	}
}

// wantAllThere expects that nothing that was acknowledged is lost.
func (c *changing) wantAllThere() {
	c.t.Helper()
	if lost := c.lost(); lost > 0 {
		c.t.Errorf("%d of %d acknowledged changes are lost", lost, len(c.acknowledged))
	}
}

// wantAnswers expects the answers of changes to a store that fails now and then, by their
// status: made, refused, or with an outcome that is not known.
func wantAnswers(t *testing.T, statuses map[int]int) {
	t.Helper()
	for status, n := range statuses {
		if status != http.StatusOK && status != http.StatusServiceUnavailable && status != http.StatusInternalServerError {
			t.Errorf("%d calls are answered with %d", n, status)
		}
	}
}

// readyz asks a server whether it is ready.
func readyz(t *testing.T, s *process.Server) (status int, body string) {
	t.Helper()
	answer, err := http.Get(s.AdminURL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text := make([]byte, 8192)
	n, _ := answer.Body.Read(text)
	return answer.StatusCode, string(text[:n])
}

// awaitReady waits until a server is ready, or is not.
func awaitReady(t *testing.T, s *process.Server, want int) (body string) {
	t.Helper()
	for end := time.Now().Add(patience); ; <-time.After(100 * time.Millisecond) {
		status, body := readyz(t, s)
		if status == want {
			return body
		}
		if time.Now().After(end) {
			t.Fatalf("/readyz stays %d: %s", status, body)
		}
	}
}

// episode checks what a server does while its disk fails: fail lets it, mend ends that. A
// server whose disk does not fail is the control: the test then fails.
func episode(t *testing.T, s *process.Server, reason string, fail, mend func()) {
	t.Helper()
	c := startChanging(t, s.Client(manager))
	c.acknowledge(20)
	if body := awaitReady(t, s, http.StatusOK); strings.Contains(body, "failed") {
		t.Errorf("the control, before: %s", body)
	}
	fail()
	refused, other := 0, 0
	for n := 0; refused < 5 && n < 20_000; n++ {
		switch c.change() {
		case http.StatusOK:
		case http.StatusServiceUnavailable:
			refused++
		default:
			other++ // The outcome of a commit whose sync failed is not known.
			if other >= 5 {
				n = 20_000
			}
		}
	}
	if refused+other == 0 {
		t.Fatal("the disk does not fail: this test shows nothing")
	}
	acknowledged := len(c.acknowledged)
	body := awaitReady(t, s, http.StatusServiceUnavailable)
	if !strings.Contains(body, reason) {
		t.Errorf("/readyz lacks %q: %s", reason, body)
	}
	for range 20 {
		if status := c.change(); status == http.StatusOK {
			t.Errorf("a change was acknowledged")
		}
		c.roots()
	}
	mend()
	awaitReady(t, s, http.StatusOK)
	if status := c.change(); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
	log := s.Logged(t, "the store serves again")
	if n := strings.Count(log, "the store cannot serve"); n != 1 {
		t.Errorf("%d lines of the log, want 1", n)
	}
	lost := c.lost()
	if lost > 0 {
		t.Errorf("%d of %d acknowledged changes are lost", lost, len(c.acknowledged))
	}
	t.Logf("evidence: %s: %d changes acknowledged before, %d refused with 503, %d with 500, /readyz 503 with the reason, 20 of 20 reads answered, lost %d, ready again", reason, acknowledged, refused, other, lost)
}

// TestAFullDiskRefusesChangesAndLosesNone, and the server goes on by itself once there is
// space.
func TestAFullDiskRefusesChangesAndLosesNone(t *testing.T) {
	require.Full(t)
	require.That(t, exec.Command("unshare", "-rm", "true").Run() == nil, "a kernel that lets users mount (unshare -rm)")
	folder := t.TempDir()
	s := process.StartUnder(t, []string{"unshare", "-rm", "sh", "-ec", `mount -t tmpfs -o size=8m none "$0"; exec "$@"`, folder},
		"--store", "sqlite:"+filepath.Join(folder, "accord.db"), "--min-free-space", "0", "--quota", "units-per-organization=unlimited")
	// The file system as the server sees it.
	filler := filepath.Join("/proc", fmt.Sprint(s.PID()), "root", folder, "filler")
	episode(t, s, "disk-full", func() {
		if exec.Command("dd", "if=/dev/zero", "of="+filler, "bs=4k").Run() == nil {
			t.Fatal("the disk is not full")
		}
	}, func() {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	})
}

// TestNothingIsAcknowledgedWhileSyncsFail: each fsync is answered with EIO.
func TestNothingIsAcknowledgedWhileSyncsFail(t *testing.T) {
	require.Full(t)
	s := process.Start(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "accord.db"), "--quota", "units-per-organization=unlimited")
	end := func() {}
	episode(t, s, "storage-failing", func() { end = inject(t, s, nil, "fsync,fdatasync", "error=EIO") }, func() { end() })
}
