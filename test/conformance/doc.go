// Package conformance checks a whole app over HTTP against the interface that model/
// describes. The cases are generated from model/ when the tests run: each constraint
// of each member of each operation is violated once and met at its limits. table.md
// has the number of cases.
//
// Written by hand are the fixture (fixture_test.go), the valid requests that every
// case changes (requests_test.go), violations of rules between members
// (violations_test.go), and requests that the state of the fixture refuses
// (errors_test.go). No fact of the interface is repeated here.
package conformance

//go:generate go test -run TestConformance -update .
