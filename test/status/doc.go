// Command status writes docs/status.md: what the tests have shown of each
// operation. It runs the tests that record evidence (package evidence), keeps the
// records in evidence.txt, and compares them with the errors that model/ and AWS's
// reference have for each operation (documented.go).
//
//	go run ./test/status
//
// It fails if a test fails: a failing run is no evidence.
package main
