// Package conformance asks a whole installation over HTTP whether it speaks the
// interface that model/ describes. The cases are made from the facts at test
// time: each constraint of each member of each operation broken once, and met at
// its limits; how many cases there were stands in table.md.
//
// Written by hand are one world to ask (world_test.go), the lawful requests that
// every case is a change of (requests_test.go), what breaks a rule between members
// (rules_test.go), and what of the world stands against a request
// (refusals_test.go). No fact of the interface stands here twice.
package conformance

//go:generate go test -run TestConformance -update .
