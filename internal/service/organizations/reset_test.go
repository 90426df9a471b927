package organizations_test

import (
	"errors"
	"net/http"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/app/apptest"
	"accord/internal/store/dump"
)

// TestACallWhoseAccountIsDeletedAgainAndAgainIsRefused, and is no internal error: resets
// through another server can come between each registration and its call.
func TestACallWhoseAccountIsDeletedAgainAndAgainIsRefused(t *testing.T) {
	var s *apptest.Service
	resets := 0
	s = apptest.OpenService(t, apptest.ServiceOptions{Store: "memory", Start: start, Committed: func() {
		resets++
		if err := s.Store.Update(t.Context(), dump.DeleteEverything); err != nil {
			t.Error(err)
		}
	}})
	ctx := apptest.As(t.Context(), "111111111111")
	for name, c := range map[string]struct {
		call   func() error
		status int
		types  string
	}{
		"a read":           {func() error { _, err := s.DescribeOrganization(ctx, &orgapi.DescribeOrganizationRequest{}); return err }, 400, "ConcurrentModificationException"},
		"a change":         {func() error { _, err := s.CreateOrganization(ctx, &orgapi.CreateOrganizationRequest{}); return err }, 400, "ConcurrentModificationException"},
		"an invalid input": {func() error { return s.RequireAccount(ctx) }, http.StatusServiceUnavailable, "ServiceUnavailableException"},
	} {
		resets = 0
		err := c.call()
		var answer *api.Error
		if !errors.As(err, &answer) || answer.Status != c.status || answer.Type != c.types {
			t.Errorf("%s: %v", name, err)
		}
		if resets == 0 {
			t.Errorf("void: %s: no reset came between", name)
		}
	}
}
