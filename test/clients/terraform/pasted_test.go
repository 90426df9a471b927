package terraform_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

// TestTheConfigurationOfTheConsoleWorksAsPasted: without any variable of AWS.
func TestTheConfigurationOfTheConsoleWorksAsPasted(t *testing.T) {
	require.Long(t)
	s := process.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	made, err := s.Client(management).CreateOrganization(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	clients, err := pages.Clients(ctx, s.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(ctx, t, s, fstest.MapFS{"main.tf": {Data: []byte(clients["Terraform provider"])}})
	kept := w.env[:0]
	for _, v := range w.env {
		if !strings.HasPrefix(v, "AWS_") {
			kept = append(kept, v)
		}
	}
	w.env = kept
	w.run(0, "apply", "-auto-approve")
	if out, _ := w.run(0, "output", "-raw", "organization"); out != *made.Organization.Id {
		t.Errorf("the output is %q, want %s", out, *made.Organization.Id)
	}
}
