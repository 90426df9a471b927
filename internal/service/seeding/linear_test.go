package seeding_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"accord/internal/seed"
	"accord/internal/service/seeding"
	"accord/internal/store/dump"
	"accord/test/postgres"
	"accord/test/require"
)

// TestASeedReadsAsMuchForEachAccount: of a large seed the database reads as many pages for each
// account as of a small one, all accounts being in one unit, also after a reset in tables that
// were analyzed when they were empty. The control may use no index.
func TestASeedReadsAsMuchForEachAccount(t *testing.T) {
	require.Long(t)
	few := pagesOfAccount(t, 200, "", false)
	for _, emptied := range []bool{false, true} {
		if many := pagesOfAccount(t, 1000, "", emptied); many > 1.25*few {
			t.Errorf("an account takes %.0f pages in a small seed and %.0f in a large one (emptied before: %t)", few, many, emptied)
		}
	}
	const off = "-c enable_indexscan=off -c enable_bitmapscan=off -c enable_indexonlyscan=off"
	if few, many := pagesOfAccount(t, 50, off, false), pagesOfAccount(t, 250, off, false); many < 1.5*few {
		t.Errorf("without an index it takes %.0f and %.0f: the test shows nothing", few, many)
	}
}

// pagesOfAccount applies a seed to an empty database, or one that was emptied, and returns how
// many pages of tables and indexes this has read for each account.
func pagesOfAccount(t *testing.T, accounts int, options string, emptied bool) float64 {
	t.Helper()
	empty := pagesRead(t, 0, options, emptied)
	return (pagesRead(t, accounts, options, emptied) - empty) / float64(accounts)
}

func pagesRead(t *testing.T, accounts int, options string, emptied bool) float64 {
	t.Helper()
	address := postgres.URL(t)
	with, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if options != "" {
		with.RawQuery = strings.ReplaceAll(url.Values{"options": {options}}.Encode(), "+", "%20")
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if emptied {
		applyMany(t, address, 200, true)
		if _, err := conn.Exec(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	var before, after float64
	for _, pages := range []*float64{&before, &after} {
		if pages == &after {
			applyMany(t, with.String(), accounts, false)
		}
		if err := conn.QueryRow(t.Context(), `SELECT COALESCE(SUM(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read), 0)
			FROM pg_statio_user_tables WHERE idx_blks_hit IS NOT NULL`).Scan(pages); err != nil {
			t.Fatal(err)
		}
	}
	return after - before
}

// applyMany applies a seed of so many accounts, and resets the store afterwards or not. The
// sessions of the service end with it: then they tell the database what they have read.
func applyMany(t *testing.T, address string, accounts int, reset bool) {
	t.Helper()
	if applied := t.Run("", func(t *testing.T) {
		o := seed.Organization{Management: seed.Account{ID: "111111111111"}}
		o.Root.Units = []seed.Unit{{Name: "All"}}
		o.Quotas = map[string]int64{"accounts-per-organization": 1 << 20}
		if accounts > 0 {
			o.Root.Units[0].Accounts = []seed.Account{{Name: "account-{n}", Count: accounts}}
		}
		text, err := (&seed.Document{Version: seed.Version, Organizations: []seed.Organization{o}}).JSON()
		if err != nil {
			t.Fatal(err)
		}
		f, err := seed.Parse(text, seed.Options{Name: "large"})
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, address, nil)
		if _, err := s.Apply(context.Background(), f, seeding.Options{}); err != nil {
			t.Fatal(err)
		}
		if reset {
			if err := s.Store.Update(t.Context(), dump.DeleteEverything); err != nil {
				t.Fatal(err)
			}
		}
	}); !applied {
		t.FailNow()
	}
}
