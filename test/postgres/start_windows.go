package postgres

import "errors"

var errWindows = errors.New("on Windows no PostgreSQL is started; ACCORD_TEST_POSTGRES names one")

func programs() (initdb, postgres string, err error) { return "", "", errWindows }

// Start fails.
func Start(string, ...string) (*Server, error) { return nil, errWindows }
