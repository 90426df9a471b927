package organizations_test

import (
	"errors"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// refusal is a row of a table of calls and what each of them is told.
type refusal struct {
	operation string
	in        api.Request
	// want is the exception, and its reason where it has one; empty for a call
	// that succeeds.
	want string
	// suffix follows the reason under the native wire style.
	suffix string
}

// call calls an operation by its name, as the pipeline does.
func (a actor) call(operation string, in api.Request) (err error) {
	defer func() { note(operation, err) }()
	if fault := in.Validate(); fault != nil {
		return fault
	}
	_, err = orgapi.Operations[operation].Invoke(a.context(), a.w.service, in)
	return err
}

// told calls an operation by its name, and returns the exception and the reason
// that the caller is told, in the fixture's wire style; "" when it succeeds.
func (a actor) told(operation string, in api.Request) string {
	a.w.t.Helper()
	err := a.call(operation, in)
	if err == nil {
		return ""
	}
	var told *api.Error
	if !errors.As(err, &told) {
		a.w.t.Fatalf("%s: %v is no exception", operation, err)
	}
	if !orgapi.Operations[operation].MayReturn(told.Type) {
		a.w.t.Errorf("%s may not return %v", operation, told)
	}
	told = told.In(a.w.service.Behavior.WireStyle)
	if told.Reason == "" {
		return told.Type
	}
	return told.Type + " " + told.Reason
}

// inBothStyles runs a table of calls of one actor in a fixture of each wire style.
// Its calls change nothing unless they succeed.
func inBothStyles(t *testing.T, settings []string, prepare func(w *fixture) (actor, []refusal)) {
	t.Helper()
	for _, style := range []string{"documented", "native"} {
		t.Run(style, func(t *testing.T) {
			a, rows := prepare(newFixture(t, append([]string{"wire-style " + style}, settings...)...))
			for _, row := range rows {
				want := row.want
				if style == "native" {
					want += row.suffix
				}
				if got := a.told(row.operation, row.in); got != want {
					t.Errorf("%s(%+v): %q, want %q", row.operation, row.in, got, want)
				}
			}
		})
	}
}

// The faults that many tables name.
const (
	absent    = "InvalidInputException INPUT_REQUIRED"
	malformed = "InvalidInputException INVALID_PATTERN"
	tooShort  = "InvalidInputException MIN_LENGTH_EXCEEDED"
	tooLong   = "InvalidInputException MAX_LENGTH_EXCEEDED"
	tooLittle = "InvalidInputException MIN_VALUE_EXCEEDED"
	tooMuch   = "InvalidInputException MAX_VALUE_EXCEEDED"
	noEnum    = "InvalidInputException INVALID_ENUM"
	badToken  = "InvalidInputException INVALID_NEXT_TOKEN"
)
