package durability_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/cli"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// loadedAccounts is how many accounts each of two states has, none of them in common.
const loadedAccounts = 150

// accountOf is an account of a state, which its first digit names.
func accountOf(state, n int) string { return fmt.Sprintf("%d%011d", state, n) }

// stateFile is the file of a state.
func stateFile(t *testing.T, state int) []byte {
	t.Helper()
	s := process.Start(t, "--store=memory", "--clock=virtual")
	for n := range loadedAccounts {
		request(t, s, http.MethodPost, "/accounts", []byte(`{"id": "`+accountOf(state, n)+`"}`))
	}
	return request(t, s, http.MethodGet, "/snapshot", nil)
}

func request(t *testing.T, s *process.Server, method, path string, body []byte) []byte {
	t.Helper()
	answer, err := send(t.Context(), s, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// send sends a request to the admin API of a server.
func send(ctx context.Context, s *process.Server, method, path string, body []byte) ([]byte, error) {
	return (&cli.Client{}).At(s.AdminURL).Send(ctx, method, path, "application/json", body)
}

// loadedState returns the state that a store holds, or an error if it is a mixture.
func loadedState(ctx context.Context, url string) (state int, err error) {
	s, err := store.Open(ctx, url, store.Options{Clock: &clock.System{}, Source: ident.NewSource()})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.View(ctx, func(v *store.View) error {
		ids, err := store.Many(v, store.ScanText[string], `SELECT id FROM accounts ORDER BY id`)
		if err != nil {
			return err
		}
		if len(ids) != loadedAccounts {
			return fmt.Errorf("there are %d accounts", len(ids))
		}
		state = int(ids[0][0] - '0')
		for _, id := range ids {
			if id[0] != ids[0][0] {
				return fmt.Errorf("there are the accounts %s and %s", ids[0], id)
			}
		}
		findings, err := v.Contradictions()
		if len(findings) > 0 {
			err = errors.New(strings.Join(findings, "; "))
		}
		return err
	})
	return state, err
}

// TestAKilledLoadLeavesTheOldStateOrTheNewOne, and never a mixture of both.
func TestAKilledLoadLeavesTheOldStateOrTheNewOne(t *testing.T) {
	files := [][]byte{stateFile(t, 1), stateFile(t, 2)}
	random := rand.New(rand.NewPCG(*seed, 1))
	for engine, url := range map[string]func(t *testing.T) string{
		"SQLite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
		"PostgreSQL": func(t *testing.T) string {
			require.Full(t)
			return postgres.URL(t)
		},
	} {
		t.Run(engine, func(t *testing.T) {
			at := url(t)
			arguments := []string{"--store=" + at, "--clock=virtual", "--log-level=error"}
			s := process.Start(t, arguments...)
			request(t, s, http.MethodPut, "/snapshot", files[0])
			// How long a load takes here.
			begin := time.Now()
			request(t, s, http.MethodPut, "/snapshot", files[1])
			took := time.Since(begin)
			held, outcomes := 2, map[string]int{}
			for range require.Amount(2, 4, 12) {
				ended := make(chan error, 1)
				go func() {
					_, err := send(context.Background(), s, http.MethodPut, "/snapshot", files[2-held])
					ended <- err
				}()
				time.Sleep(time.Duration(random.Int64N(int64(took + took/4))))
				s.Kill()
				acknowledged := <-ended == nil
				// A commit that was sent may still be made.
				if engine == "PostgreSQL" {
					if err := waitForDisconnect(at)(); err != nil {
						t.Fatal(err)
					}
				}
				now, err := loadedState(t.Context(), at)
				switch {
				case err != nil:
					t.Fatalf("after a kill: %v", err)
				case acknowledged && now == held:
					t.Fatal("a load that was acknowledged is gone")
				case now == held:
					outcomes["old"]++
				default:
					outcomes["new"]++
				}
				held = now
				s = process.Start(t, arguments...)
			}
			s.Kill()
			t.Logf("evidence: kills during a load of %d accounts: %d times the old state, %d times the new one, no mixture", loadedAccounts, outcomes["old"], outcomes["new"])

			// The control: half of the rows of the other state.
			db, err := store.Open(t.Context(), at, store.Options{Clock: &clock.System{}, Source: ident.NewSource()})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Update(t.Context(), func(tx *store.Tx) error {
				return tx.Exec(`UPDATE accounts SET id = $1 WHERE id = $2`, accountOf(3-held, 0), accountOf(held, 0))
			}); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := loadedState(t.Context(), at); err == nil {
				t.Error("the control: a mixture is not found")
			}
		})
	}
}
