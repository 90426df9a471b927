package postgres

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"accord/internal/store/engine"
)

// parameters are those of every session, unless the URL of the store sets them. A server
// that stands still within a transaction keeps the predicate locks of all transactions that
// began after its own, and its row locks: the database ends its session before others have
// waited for 15 seconds, half the time of a request. [PostgreSQL: Client Connection Defaults;
// Connections and Authentication; Serializable Isolation Level]
var parameters = map[string]string{
	"application_name": "accord",
	// A session waits for its server: the server stands still.
	"idle_in_transaction_session_timeout": "10s",
	// A session waits for a row of another one.
	"lock_timeout": "10s",
	// A server gives up after answerTimeout.
	"statement_timeout": "15s",
	// The host of a server has gone without a word: as soon as it does not acknowledge.
	"tcp_user_timeout":        "10000", // milliseconds
	"tcp_keepalives_idle":     "5",
	"tcp_keepalives_interval": "2",
	"tcp_keepalives_count":    "3",
}

// migrationTimeout is the statement_timeout of migrations, which may rewrite a table.
const migrationTimeout = "10min"

// connectTimeout bounds the attempt to connect to one address.
const connectTimeout = 5 * time.Second

// configure completes the configuration that a URL gave.
func configure(c *pgx.ConnConfig, o engine.Options) {
	for name, value := range parameters {
		if c.RuntimeParams[name] == "" {
			c.RuntimeParams[name] = value
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	dialer := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3},
		Control:         boundUnacknowledged,
	}
	c.DialFunc = dialer.DialContext
	w := &notices{log: o.Log, logged: map[string]bool{}}
	c.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) { notice(conn, n, w) }
	c.AfterConnect = func(context.Context, *pgconn.PgConn) error { w.connected(); return nil }
}

// forMigrations is a copy of a configuration for the sessions of migrations.
func forMigrations(c *pgx.ConnConfig) *pgx.ConnConfig {
	c = c.Copy()
	c.RuntimeParams["application_name"] += startSuffix
	if c.RuntimeParams["statement_timeout"] == parameters["statement_timeout"] {
		c.RuntimeParams["statement_timeout"] = migrationTimeout
	}
	return c
}

// passwordFrom returns a function that reads the password from a file, so that a new one
// takes effect with the next connection.
func passwordFrom(file string) func(context.Context, *pgx.ConnConfig) error {
	return func(_ context.Context, c *pgx.ConnConfig) error {
		if file == "" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("the password of the store: %w", err)
		}
		c.Password = strings.TrimRight(string(text), "\r\n")
		return nil
	}
}

// notReplicated is the key of a connection for the warning that a commit is not where
// synchronous_commit wants it.
const notReplicated = "not replicated"

// notice looks at what the database says beside its answers. The wait of a commit for a
// standby can be canceled; the database then answers as if it had not been. [PostgreSQL:
// src/backend/replication/syncrep.c, SyncRepWaitForLSN; the text is translated, the name of the
// routine is not]
func notice(c *pgconn.PgConn, n *pgconn.Notice, w *notices) {
	switch {
	case n.Routine == "SyncRepWaitForLSN" || strings.Contains(n.Message, "synchronous replication"):
		c.CustomData()[notReplicated] = n.Message
	// One that ANALYZE leaves out is no news. [PostgreSQL: ANALYZE, SKIP_LOCKED]
	case n.SeverityUnlocalized == "WARNING" && n.Code != lockNotAvailable:
		w.add(n.Message, n.Code)
	}
}
