package organizations_test

import (
	"errors"
	"reflect"
	"strings"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/test/evidence"
)

// observe notes for docs/status.md what becomes of a call: how it was refused,
// and whether others were on their way at the same time.
func (w *world) observe(request reflect.Type) (ended func(error)) {
	operation := strings.TrimSuffix(request.Name(), "Request")
	rivals := w.calls.Add(1) > 1
	return func(err error) {
		if w.calls.Add(-1) > 0 || rivals {
			evidence.Note(operation, evidence.Concurrency)
		}
		var told *api.Error
		if errors.As(err, &told) && orgapi.Operations[operation].MayReturn(told.Type) {
			evidence.Note(operation, evidence.Refusal(told.Type, told.Reason))
		}
	}
}
