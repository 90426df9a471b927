package organizations_test

import (
	"errors"
	"reflect"
	"strings"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/test/evidence"
)

// note notes for docs/status.md how a call was refused.
func note(request reflect.Type, err error) {
	operation := strings.TrimSuffix(request.Name(), "Request")
	var told *api.Error
	if errors.As(err, &told) && orgapi.Operations[operation].MayReturn(told.Type) {
		evidence.Note(operation, evidence.Error(told.Type, told.Reason))
	}
}
