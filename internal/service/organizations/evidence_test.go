package organizations_test

import (
	"errors"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/test/evidence"
)

// note notes for docs/status.md how a call was refused.
func note(operation string, err error) {
	var told *api.Error
	if errors.As(err, &told) && orgapi.Operations[operation].MayReturn(told.Type) {
		evidence.Note(operation, evidence.Error(told.Type, told.Reason))
	}
}
