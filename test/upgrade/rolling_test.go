package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	awshttp "github.com/aws/smithy-go/transport/http"
	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // The driver of the control.
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"accord/internal/store/engine"
	"accord/internal/store/schema"
	testpostgres "accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(migratorVariable); url != "" {
		os.Exit(migrateAsChild(url))
	}
	process.Main(m)
}

// patience bounds every wait on a busy machine.
const patience = 3 * time.Minute

// laterVersion is that of a migration of a later program.
const laterVersion = 90001

// laterSchema are the migrations of this program, and a later one.
func laterSchema(text string) (fs.FS, error) {
	files := fstest.MapFS{fmt.Sprintf("%d_later.sql", laterVersion): &fstest.MapFile{Data: []byte(text)}}
	return files, fs.WalkDir(schema.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(schema.Files, name)
		files[name] = &fstest.MapFile{Data: content}
		return err
	})
}

// noteNewest is a migration that notes which record was the newest when it ran.
const noteNewest = `-- +goose Up
CREATE TABLE newest (sequence BIGINT NOT NULL);
INSERT INTO newest SELECT COALESCE(MAX(sequence), 0) FROM outbox;
`

// migrateAsNewer migrates as a server of a newer program does at its start.
func migrateAsNewer(t *testing.T, url string) {
	t.Helper()
	files, err := laterSchema(noteNewest)
	if err == nil {
		err = migrateWith(url, files)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// migrateWithoutGuard is the control: nothing ends the sessions of older servers.
func migrateWithoutGuard(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	files, err := laterSchema(noteNewest)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(database.DialectPostgres, db, files, goose.WithTableName(engine.VersionTable))
	if err == nil {
		_, err = provider.Up(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// client returns a client that calls as an account, once for each request.
func client(url, account string) *organizations.Client {
	return organizations.New(organizations.Options{
		Region: "us-east-1", BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "any"}, nil
		}),
	})
}

// writeAll has clients write through servers until the context ends, and counts what is
// acknowledged.
func writeAll(ctx context.Context, servers []*process.Server, acknowledged *atomic.Int64) (wait func()) {
	var all sync.WaitGroup
	for n := range 16 {
		url, account := servers[n%len(servers)].URL, fmt.Sprintf("3%011d", n)
		all.Go(func() {
			client := client(url, account)
			for ctx.Err() == nil {
				// A request in flight is answered.
				c := context.WithoutCancel(ctx)
				if _, err := client.CreateOrganization(c, nil); err == nil {
					acknowledged.Add(1)
				}
				if _, err := client.DeleteOrganization(c, nil); err == nil {
					acknowledged.Add(1)
				}
			}
		})
	}
	return all.Wait
}

// rollingUpgrade lets two servers write, migrates their schema, and returns how many
// records they have written since.
func rollingUpgrade(t *testing.T, migrate func(*testing.T, string), after func([]*process.Server, *atomic.Int64)) (before, since int64) {
	t.Helper()
	url := testpostgres.URL(t)
	servers := []*process.Server{
		process.Start(t, "--store", url, "--log-level", "warn"), process.Start(t, "--store", url, "--log-level", "warn"),
	}
	ctx, stop := context.WithCancel(t.Context())
	var acknowledged atomic.Int64
	wait := writeAll(ctx, servers, &acknowledged)
	awaitMore(t, &acknowledged, 100)
	migrate(t, url)
	before = acknowledged.Load()
	after(servers, &acknowledged)
	stop()
	wait()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	if err := c.QueryRow(context.Background(), "SELECT COUNT(*) FROM outbox WHERE sequence > (SELECT sequence FROM newest)").Scan(&since); err != nil {
		t.Fatal(err)
	}
	return before, since
}

func awaitMore(t *testing.T, acknowledged *atomic.Int64, more int64) {
	t.Helper()
	for end, wanted := time.Now().Add(patience), acknowledged.Load()+more; acknowledged.Load() < wanted; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in %v only %d changes were acknowledged", patience, acknowledged.Load())
		}
	}
}

// TestServersStopWritingWhenANewerOneMigrates: not one record more, and an answer and a log
// that say so.
func TestServersStopWritingWhenANewerOneMigrates(t *testing.T) {
	require.Full(t)
	before, since := rollingUpgrade(t, migrateAsNewer, func(servers []*process.Server, _ *atomic.Int64) {
		for _, s := range servers {
			s.Logged(t, "newer-schema")
			_, err := client(s.URL, "300000000099").CreateOrganization(t.Context(), nil)
			var answer *awshttp.ResponseError
			if !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusServiceUnavailable || answer.Response.Header.Get("Retry-After") == "" {
				t.Errorf("a change on a server with an old schema: %v", err)
			}
		}
	})
	if since > 0 {
		t.Errorf("servers with the old schema wrote %d records into the new one", since)
	}
	t.Logf("evidence: 2 servers and 16 clients, %d changes acknowledged; records written by the old servers after the migration: %d", before, since)
}

// TestAMigrationBesideServersIsFound is the control: the same servers and clients, and a
// migration that ends no session.
func TestAMigrationBesideServersIsFound(t *testing.T) {
	require.Full(t)
	before, since := rollingUpgrade(t, migrateWithoutGuard, func(_ []*process.Server, acknowledged *atomic.Int64) {
		awaitMore(t, acknowledged, 100)
	})
	if since == 0 {
		t.Error("servers with the old schema wrote nothing into the new one: the check is blind")
	}
	t.Logf("evidence: %d changes acknowledged; records written by the old servers after the migration: %d", before, since)
}

// TestAStoreOfANewerProgramIsRefused, with status 1 and what to do, and is not changed.
func TestAStoreOfANewerProgramIsRefused(t *testing.T) {
	require.Full(t)
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			migrated(t, url)
			execute(t, url, "INSERT INTO schema_version (version_id, is_applied) VALUES (90001, TRUE)")
			for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, {"migrate"}} {
				out, err := exec.Command(process.Program(t), append(args, "--store", url)...).CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != 1 {
					t.Errorf("accord %s: %v", args[0], err)
				}
				for _, want := range []string{"version 90001", "use a newer program", "restore a backup"} {
					if !strings.Contains(string(out), want) {
						t.Errorf("accord %s: the message lacks %q: %s", args[0], want, out)
					}
				}
			}
		})
	}
}
