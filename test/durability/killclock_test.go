package durability_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"accord/test/process"
	"accord/test/require"
)

// TestAKillDuringAJumpOfTheClockRunsEachJobOnce: a virtual clock jumps over the ends of many account
// creations, several clients move it at once, and the server is killed meanwhile. Each creation
// ends once: one account, and one record in the journal. The control is a record with another
// ID, which is found.
func TestAKillDuringAJumpOfTheClockRunsEachJobOnce(t *testing.T) {
	require.Full(t)
	folder := t.TempDir()
	journal := filepath.Join(folder, "journal")
	args := []string{"--store", "sqlite:" + filepath.Join(folder, "accord.db"), "--journal", journal, "--clock", "virtual",
		"--behavior", "account-creation-delay=10d", "--quota", "account-creations-in-progress=unlimited", "--quota", "accounts-per-organization=unlimited"}
	s := process.Start(t, args...)
	if _, err := s.Client(manager).CreateOrganization(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	made, during := 0, 0
	for range require.Amount(0, 3, 5) {
		client := s.Client(manager)
		const each = 40
		for range each {
			made++
			if _, err := client.CreateAccount(t.Context(), &organizations.CreateAccountInput{
				AccountName: aws.String(fmt.Sprint("made ", made)), Email: aws.String(fmt.Sprintf("made-%d@example.com", made)),
			}); err != nil {
				t.Fatal(err)
			}
		}
		moved := make(chan bool, 3)
		for range cap(moved) {
			go func() { moved <- advance(s, "4d") }()
		}
		// The jump takes some 20 ms.
		time.Sleep(time.Duration(rand.IntN(25)) * time.Millisecond) //nolint:gosec // It is no secret.
		s.Kill()
		for range cap(moved) {
			if !<-moved {
				during++
			}
		}
		s = process.Start(t, args...)
	}
	if !advance(s, "30d") {
		t.Error("the clock cannot be moved")
	}
	names := map[string]int{}
	for pages := organizations.NewListAccountsPaginator(s.Client(manager), nil); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Accounts {
			names[*a.Name]++
		}
	}
	if len(names) != made+1 {
		t.Errorf("%d accounts, want %d and the first", len(names), made)
	}
	s.Stop(t)
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	ended, records := endings(t, text)
	if ended != made || records != made {
		t.Errorf("of %d creations the journal has the ends of %d, in %d records", made, ended, records)
	}
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte("CreateAccountResult")) {
			var record struct{ EventID string }
			if err := json.Unmarshal(line, &record); err != nil {
				t.Fatal(err)
			}
			again := strings.Replace(string(line), record.EventID, "00000000-0000-0000-0000-000000000000", 1)
			if _, more := endings(t, append(text, again...)); more != records+1 {
				t.Error("the control: a record of another ID is not found")
			}
			break
		}
	}
	if during == 0 {
		t.Error("no kill came during a jump: this test shows nothing")
	}
	t.Logf("evidence: %d creations ended once each, in jumps of the clock of which %d were killed; the control, one record more, is found", made, during)
}

// advance moves the clock of a server, and reports whether it answered.
func advance(s *process.Server, by string) bool {
	_, err := send(context.Background(), s, http.MethodPost, "/clock", []byte(`{"advance": "`+by+`"}`))
	return err == nil
}

// endings counts the account creations whose ends a journal has, and the records of these ends. One
// that was delivered again has the same ID.
func endings(t *testing.T, journal []byte) (creations, records int) {
	t.Helper()
	ended, ids := map[string]bool{}, map[string]bool{}
	for line := range bytes.Lines(journal) {
		var record struct {
			EventID, EventName  string
			ServiceEventDetails struct{ CreateAccountStatus struct{ ID string } }
		}
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatal(err)
		}
		if record.EventName == "CreateAccountResult" {
			ended[record.ServiceEventDetails.CreateAccountStatus.ID], ids[record.EventID] = true, true
		}
	}
	return len(ended), len(ids)
}
