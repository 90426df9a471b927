//go:build unix

package terraform_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.yaml.in/yaml/v3"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

// runner runs the steps of a job as GitHub does, but for the actions of others.
type runner struct {
	t      *testing.T
	ctx    context.Context
	folder string // the repository
	env    []string
	files  string // what GitHub gives a job
}

// job is a job of a workflow.
type job struct {
	Env   map[string]string
	Steps []struct{ Name, Run, Uses string }
}

// expression is what GitHub replaces in a workflow.
var expression = regexp.MustCompile(`\$\{\{ *([^ }]+) *\}\}`)

// TestTheExampleCommentsOnAPullRequest runs the shell steps of the workflow with the real
// Terraform and git; gh is one that keeps the comment.
func TestTheExampleCommentsOnAPullRequest(t *testing.T) {
	require.Long(t)
	for _, tool := range []string{"terraform", "git", "bash", "make"} {
		require.Tool(t, tool)
	}
	plugins := mirror(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	text, err := os.ReadFile(filepath.Join(pages.Root(), "examples/github-actions-what-if.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct{ Jobs map[string]job }
	if err := yaml.Unmarshal(text, &workflow); err != nil {
		t.Fatal(err)
	}
	r := &runner{t: t, ctx: ctx, folder: t.TempDir(), files: t.TempDir()}
	r.begin(plugins)
	base := r.commit("base.tf", `{"Version":"2012-10-17","Statement":{"Sid":"Stay","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}}`)
	head := r.commit("head.tf", `{"Version":"2012-10-17","Statement":{"Sid":"Stay","Effect":"Deny","Action":"cloudtrail:StopLogging","Resource":"*"}}`)
	github := map[string]string{"github.event.pull_request.base.sha": base, "github.event.pull_request.head.sha": head, "github.event.pull_request.number": "7", "github.token": "secret"}
	whatIf := workflow.Jobs["what-if"]
	for name, value := range whatIf.Env {
		r.env = append(r.env, name+"="+expression.ReplaceAllStringFunc(value, func(e string) string {
			known, is := github[expression.FindStringSubmatch(e)[1]]
			if !is {
				t.Errorf("the test does not know %s", e)
			}
			return known
		}))
	}
	statuses := []int{}
	for _, s := range whatIf.Steps {
		// The program of this checkout is on the path.
		if s.Run == "" || strings.HasPrefix(s.Run, "make -C .accord build") {
			continue
		}
		if expression.MatchString(s.Run) {
			t.Errorf("%s: an expression in a script is an injection: %s", s.Name, s.Run)
		}
		statuses = append(statuses, r.step(s.Name, s.Run))
	}
	if !slices.Equal(statuses, []int{0, 0, 0, 3}) {
		t.Errorf("the steps ended with %v", statuses)
	}
	comment := r.read("comment")
	for _, want := range []string{
		"- create the unit Outer in r-", "- create the unit Inner in ou-new-aws_", "- move ", " (Payments) to ou-new-", "- attach ",
		"| denied | role/OrganizationAccountAccessRole | cloudtrail:StopLogging |", "| allowed | role/OrganizationAccountAccessRole | organizations:LeaveOrganization |",
		"| denied | role/OrganizationAccountAccessRole | iam:CreateUser |", "| denied | role/OrganizationAccountAccessRole | s3:DeleteBucket |",
	} {
		if !strings.Contains(strings.ReplaceAll(comment, `\_`, "_"), want) {
			t.Errorf("the comment lacks %q:\n%s", want, comment)
		}
	}
	if got := r.read("arguments"); got != "pr comment 7 --edit-last --create-if-none --body-file "+filepath.Join(r.files, "comment.md")+"\n" || r.read("summary") != comment {
		t.Errorf("gh %s, and the summary is\n%s", got, r.read("summary"))
	}
}

// begin makes a repository and the environment of a job.
func (r *runner) begin(plugins string) {
	r.t.Helper()
	ports := []string{}
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			r.t.Fatal(err)
		}
		ports = append(ports, l.Addr().String())
		_ = l.Close()
	}
	r.write("cli.tfrc", fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", plugins))
	r.write("gh", "#!/bin/sh\necho \"$@\" > '"+r.files+"/arguments'\nfor file; do :; done\ncp \"$file\" '"+r.files+"/comment'\n")
	r.write("env", "")
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "ACCORD_") && !strings.HasPrefix(name, "GIT_") && name != "PATH" {
			r.env = append(r.env, variable)
		}
	}
	r.env = append(r.env,
		"PATH="+r.files+":"+filepath.Dir(process.Program(r.t))+":"+os.Getenv("PATH"),
		"RUNNER_TEMP="+r.files, "GITHUB_ENV="+r.files+"/env", "GITHUB_STEP_SUMMARY="+r.files+"/summary", "CI=true",
		"ACCORD_LISTEN="+ports[0], "ACCORD_ADMIN_LISTEN="+ports[1], "ACCORD_ADMIN=http://"+ports[1],
		"TF_CLI_CONFIG_FILE="+r.files+"/cli.tfrc", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com", "GIT_CONFIG_GLOBAL=/dev/null",
	)
	r.git("init", "--quiet")
}

func (r *runner) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.files, name), []byte(text), 0o700); err != nil {
		r.t.Fatal(err)
	}
}

func (r *runner) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(r.files, name))
	return string(text)
}

func (r *runner) git(args ...string) string {
	r.t.Helper()
	c := exec.CommandContext(r.ctx, "git", args...)
	c.Dir, c.Env = r.folder, r.env
	out, err := c.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit adds a file of testdata with the guardrail of a revision.
func (r *runner) commit(name, guard string) string {
	r.t.Helper()
	text, err := os.ReadFile("testdata/pull-request/" + name)
	if err == nil {
		if name == "head.tf" {
			// The account moves.
			main, readErr := os.ReadFile(filepath.Join(r.folder, "base.tf"))
			moved := strings.Replace(string(main), "parent_id = aws_organizations_organization.this.roots[0].id", "parent_id = aws_organizations_organizational_unit.inner.id", 1)
			err = errors.Join(readErr, os.WriteFile(filepath.Join(r.folder, "base.tf"), []byte(moved), 0o600))
		}
		err = errors.Join(err, os.WriteFile(filepath.Join(r.folder, name), text, 0o600), os.WriteFile(filepath.Join(r.folder, "guard.json"), []byte(guard), 0o600))
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.git("add", ".")
	r.git("commit", "--quiet", "-m", name)
	return r.git("rev-parse", "HEAD")
}

// step runs a script with the variables of the steps before, and returns its status.
func (r *runner) step(name, script string) int {
	r.t.Helper()
	file := filepath.Join(r.files, "step.sh")
	r.write("step.sh", script)
	c := exec.CommandContext(r.ctx, "bash", "-e", file)
	c.Dir, c.Env = r.folder, append(slices.Clone(r.env), strings.Fields(r.read("env"))...)
	// A server in the background outlives its step.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := os.Create(filepath.Join(r.files, "output"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	err = c.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		r.t.Fatal(err)
	}
	if status := c.ProcessState.ExitCode(); status != 0 {
		r.t.Logf("%s: status %d\n%s", name, status, bytes.TrimSpace([]byte(r.read("output"))))
	}
	return c.ProcessState.ExitCode()
}
