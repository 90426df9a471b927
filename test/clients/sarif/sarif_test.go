// Package sarif_test validates what the program writes as SARIF by the schema of the standard.
package sarif_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/accordtest"
	"accord/internal/whatif"
	"accord/internal/whatif/render"
	"accord/test/npm"
	"accord/test/require"
)

const (
	management = "111111111111"
	noLeave    = `{"Version":"2012-10-17","Statement":{"Sid":"NoLeave","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}}`
	regions    = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}}`
	// brokenPlan is valid as a document, and not as an effective policy. [recorded]
	brokenPlan = `{"plans":{"daily":{"regions":{"@@assign":["eu-west-1"]}}}}`
)

// TestReportsAreValidSARIF: with results of all kinds, and without any. The control is a report
// that is not valid.
func TestReportsAreValidSARIF(t *testing.T) {
	require.Long(t)
	folder := npm.Install(t, "validator")
	s := accordtest.Start(t)
	manager := s.As(management)
	manager.CreateOrganization("ALL")
	root := manager.Root()
	manager.EnablePolicyType(root, "SERVICE_CONTROL_POLICY")
	manager.EnablePolicyType(root, "BACKUP_POLICY")
	manager.CreateAccount("New <&> account", "new@example.com")
	guard := manager.CreatePolicy("SERVICE_CONTROL_POLICY", "guard", noLeave).ID
	manager.Attach(guard, root)
	met := map[string]bool{}
	for name, changes := range map[string][]accordtest.PolicyChange{
		"nothing": {accordtest.UpdateDocument(guard, noLeave)},
		"denied":  {accordtest.AttachDocument(strings.Replace(noLeave, "LeaveOrganization", "*", 1), "root")},
		"allowed": {accordtest.DetachPolicy(guard, "root")},
		"depends": {accordtest.AttachDocument(regions, "root")},
		"invalid": {accordtest.AttachDocument(brokenPlan, "root")},
	} {
		for i := range changes {
			if changes[i].Document != "" {
				changes[i].File = "policies/a file.json"
			}
		}
		report := s.WhatIf(changes...)
		for _, files := range [][]string{{"policies/a file.json"}, {"plan.json"}, nil} {
			var b bytes.Buffer
			if err := render.SARIF(&b, &report.Report, files); err != nil {
				t.Fatal(err)
			}
			if wrong := validate(t, folder, b.String()); wrong != "" {
				t.Errorf("%s: %s\n%s", name, wrong, b.String())
			}
			met[name] = met[name] || strings.Contains(b.String(), `"ruleId"`)
		}
	}
	if met["nothing"] || !met["denied"] || !met["allowed"] || !met["depends"] || !met["invalid"] {
		t.Errorf("results: %v", met)
	}
	var b bytes.Buffer
	if err := render.SARIF(&b, &whatif.Report{}, nil); err != nil {
		t.Fatal(err)
	}
	if broken := strings.Replace(b.String(), `"driver"`, `"drivers"`, 1); validate(t, folder, broken) == "" {
		t.Error("a report without a driver is taken")
	}
}

// validate is what the schema finds.
func validate(t *testing.T, folder, text string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "validate.mjs"))
	c.Stdin, c.Stderr = strings.NewReader(text), os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
