// Command status writes docs/status.md: what the tests have shown of each
// operation. It runs the tests that note what they see (package evidence), keeps
// the notes in evidence.txt, and renders them against the errors that the facts
// and AWS's reference give each operation (documented.go).
//
//	go run ./test/status
//
// A failing test ends it: what a failing run saw proves nothing.
package main
