package sqlite

import (
	"errors"
	"fmt"
	"strconv"

	lib "zombiezen.com/go/sqlite"
)

// sequence gives SQLite the functions nextval and setval of PostgreSQL: each call of nextval
// returns a higher number than all before, whatever becomes of its transaction. There is one
// sequence, whatever its name, and it belongs to the connection that writes.
//
// The file keeps a bound of the numbers in user_version, in steps: the transaction that
// goes beyond the bound writes the next one, and a file that is opened again continues
// after its bound.
type sequence struct {
	last, bound int64
}

// sequenceStep is by how much the bound grows, so that few transactions write it.
const sequenceStep = 1 << 12

// newSequence adds the function to a connection.
func newSequence(c *Conn) (*sequence, error) {
	text, err := c.pragma("user_version")
	if err != nil {
		return nil, err
	}
	steps, err := strconv.ParseInt(text, 10, 64)
	if err != nil || steps < 0 {
		return nil, errors.Join(fmt.Errorf("SQLite: user_version is %q, not a bound of a sequence", text), err)
	}
	s := &sequence{last: steps * sequenceStep, bound: steps * sequenceStep}
	nextval := &lib.FunctionImpl{NArgs: 1, Scalar: func(lib.Context, []lib.Value) (lib.Value, error) {
		s.last++
		return lib.IntegerValue(s.last), nil
	}}
	setval := &lib.FunctionImpl{NArgs: 2, Scalar: func(_ lib.Context, args []lib.Value) (lib.Value, error) {
		// Unlike that of PostgreSQL it never goes back, nor beyond what the file can hold.
		s.last = max(s.last, min(args[1].Int64(), maxSteps*sequenceStep))
		return lib.IntegerValue(s.last), nil
	}}
	return s, wrap("adding nextval", errors.Join(c.conn.CreateFunction("nextval", nextval), c.conn.CreateFunction("setval", setval)))
}

// extend writes the bound of the numbers that the open transaction has used. The
// function that it returns is called when the transaction is committed.
//
// The first transaction in a log and the last one before a checkpoint raise it by further
// steps, by which Match tells whether a file and a log belong together.
func (s *sequence) extend(c *Conn, raise int64) (committed func(), err error) {
	steps := s.bound / sequenceStep
	if s.last > s.bound {
		steps = s.last/sequenceStep + 1
	}
	if steps < maxSteps {
		steps += raise
	}
	if steps == s.bound/sequenceStep {
		return func() {}, nil
	}
	_, err = c.pragma(fmt.Sprintf("user_version = %d", steps))
	return func() { s.bound = steps * sequenceStep }, err
}

// maxSteps leaves half of the numbers of user_version to nextval alone.
const maxSteps = 1 << 30
