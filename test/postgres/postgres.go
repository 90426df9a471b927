// Package postgres starts a real PostgreSQL from plain files, for tests and
// benchmarks: no service manager, no container, a free port of the loopback
// address. It serves nothing else, and nothing that the program does may depend
// on it.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Throwaway are the settings of a server with disposable data: isolation is
// unchanged, and no write waits for the disk.
var Throwaway = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off"}

// Server is a PostgreSQL that runs beside this process. It ends with the process,
// however that ends.
type Server struct {
	address *url.URL
	// stop and restart are nil for a server that was not started here.
	stop    func() error
	restart func(*Server) error
}

// URL is that of the database that every server has, from which others are made.
func (s *Server) URL() string { return s.address.String() }

// CreateDatabase makes an empty database and returns its URL.
func (s *Server) CreateDatabase(ctx context.Context) (string, error) {
	return s.copyDatabase(ctx, "template0")
}

// copyDatabase makes a copy of a database to which nothing is connected, and returns its URL.
func (s *Server) copyDatabase(ctx context.Context, template string) (string, error) {
	name := "accord_" + strings.ToLower(rand.Text())
	if err := s.run(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", fmt.Errorf("making a database: %w", err)
	}
	address := *s.address
	address.Path = "/" + name
	return address.String(), nil
}

// DropDatabase removes a database that CreateDatabase made, even if it is in use.
func (s *Server) DropDatabase(ctx context.Context, address string) error {
	name, err := databaseOf(address)
	if err != nil {
		return err
	}
	return s.run(ctx, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
}

// databaseOf is the name of the database in a URL.
func databaseOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(u.Path, "/"), nil
}

func (s *Server) run(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// Stop ends the server and waits for its end. It does nothing to a server that was not
// started here.
func (s *Server) Stop() error {
	if s.stop == nil {
		return nil
	}
	return s.stop()
}

// Restart ends the server as a crash does, if it has not ended by itself, and starts it again
// at its address. If that fails, as on a full disk, it can be called again.
func (s *Server) Restart() error { return s.restart(s) }
