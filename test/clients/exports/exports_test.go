// Package exports_test has the tools read what accord export writes for them. Terraform has a
// package of its own.
package exports_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/npm"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// exported is the organization in a format, in a file.
func exported(t *testing.T, format, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	out, err := exec.CommandContext(t.Context(), process.Program(t), "export", "--format", format, "--out", path, "testdata/organization.yaml").CombinedOutput()
	if err != nil {
		t.Fatalf("accord export: %v\n%s", err, out)
	}
	return path
}

// spoiled is a copy of a file with another text in place of the first one that it has.
func spoiled(t *testing.T, path, text, other string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), text) {
		t.Fatalf("%s does not have %q", path, text)
	}
	to := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(to, []byte(strings.Replace(string(content), text, other, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

type reading struct {
	Master   string
	Root     []string
	Units    []readUnit
	Accounts []readAccount
	Policies []readPolicy
}

type readUnit struct {
	Name                      string
	Accounts, Units, Policies []string
}

type readAccount struct {
	ID, Name, Email string
	Tags            map[string]string
	Policies        []string
}

type readPolicy struct {
	Name     string
	Document map[string]any
}

func TestOrgFormationReadsItsFile(t *testing.T) {
	require.Long(t)
	folder := npm.Install(t, "org-formation")
	file := exported(t, "org-formation", "organization.yml")
	out, err := exec.CommandContext(t.Context(), require.Tool(t, "node"), filepath.Join(folder, "read.js"), file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got reading
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const deny = "Deny: leaving #1"
	want := reading{
		Master: "111111111111", Root: []string{deny},
		Units: []readUnit{
			{Name: `Zürich "West" <b>`, Accounts: []string{"222222222221", "222222222222"}, Units: []string{"!Ref X"}, Policies: []string{deny}},
			{Name: "!Ref X", Accounts: []string{"222222222223"}, Units: []string{}, Policies: []string{}},
		},
		Accounts: []readAccount{
			{"222222222221", `a "quote" \ & <b>`, "a1@example.com", map[string]string{"cost:center": "007"}, []string{deny}},
			{"222222222222", "0123", "a2@example.com", nil, []string{}},
			{"222222222223", "yes", "a3@example.com", nil, []string{}},
		},
		Policies: []readPolicy{{deny, map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*",
			"Condition": map[string]any{"StringNotLike": map[string]any{"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:PrincipalTag/team}"}},
		}}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	bad := spoiled(t, file, "- !Ref ", "- !Ref No")
	if out, err := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "read.js"), bad).CombinedOutput(); err == nil {
		t.Errorf("the control is read: %s", out)
	}
}

func TestTheTemplateOfCloudFormationIsValid(t *testing.T) {
	require.Long(t)
	lint := require.Tool(t, "cfn-lint")
	file := exported(t, "cloudformation", "template.json")
	if out, err := exec.CommandContext(t.Context(), lint, file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, bad := range []string{spoiled(t, file, `"ParentId"`, `"Parent"`), spoiled(t, file, `"Ref": "`, `"Ref": "No`)} {
		if out, err := exec.CommandContext(t.Context(), lint, bad).CombinedOutput(); err == nil {
			t.Errorf("the control is valid: %s", out)
		}
	}
}

func TestGraphvizDrawsTheGraph(t *testing.T) {
	require.Long(t)
	program := require.Tool(t, "dot")
	out, err := exec.CommandContext(t.Context(), program, "-Tsvg", exported(t, "dot", "organization.dot")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{">Zürich &quot;West&quot; &lt;b&gt;<", `>a &quot;quote&quot; \ &amp; &lt;b&gt;<`, ">!Ref X<", ">closed<"} {
		if !strings.Contains(string(out), name) {
			t.Errorf("the picture has no %s:\n%s", name, out)
		}
	}
}
