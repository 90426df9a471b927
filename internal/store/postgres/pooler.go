package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// errPooled: a pooler gives a session of the server to others between its transactions.
var errPooled = errors.New("between the server and PostgreSQL a pooler changes the session with each transaction (PgBouncer: pool_mode=transaction), " +
	"and with it timeouts, locks and prepared statements are lost: let the store's URL name PostgreSQL itself, or set pool_mode=session")

// errParameters: a pooler does not pass the parameters of a session on.
var errParameters = errors.New("a pooler refuses the timeouts of the server's sessions: let the store's URL name PostgreSQL itself, " +
	"or let the pooler ignore them (PgBouncer: ignore_startup_parameters, with pool_mode=session) and give them to the role with ALTER ROLE")

// refusePooler finds a pooler that keeps no sessions. While another one has a transaction, a
// session between two has to keep its process, and nobody else may get that.
func refusePooler(ctx context.Context, pool *pgxpool.Pool) error {
	one, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer one.Release()
	other, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer other.Release()
	before, err := processOf(ctx, one)
	if err != nil {
		return err
	}
	if _, err := other.Exec(ctx, "BEGIN", pgx.QueryExecModeSimpleProtocol); err != nil {
		return fmt.Errorf("looking for a pooler: %w", err)
	}
	beside, err := processOf(ctx, other)
	if err != nil {
		return err
	}
	after, err := processOf(ctx, one)
	if err != nil {
		return err
	}
	if _, err := other.Exec(ctx, "ROLLBACK", pgx.QueryExecModeSimpleProtocol); err != nil {
		return fmt.Errorf("looking for a pooler: %w", err)
	}
	if before != after || before == beside {
		return errPooled
	}
	return nil
}

// processOf is the process of PostgreSQL that answers a connection.
func processOf(ctx context.Context, c *pgxpool.Conn) (pid int, err error) {
	if err = c.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid); err != nil {
		err = fmt.Errorf("looking for a pooler: %w", err)
	}
	return pid, err
}
