package terraform_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/test/process"
	"accord/test/require"
)

// workspace is a folder with a configuration, in which Terraform runs.
type workspace struct {
	t               *testing.T
	ctx             context.Context
	program, folder string
	env             []string
}

// newWorkspace returns an initialized workspace with a configuration and without a
// state.
func newWorkspace(ctx context.Context, t *testing.T, s *process.Server, configuration fs.FS) *workspace {
	t.Helper()
	w := &workspace{t: t, ctx: ctx, program: require.Tool(t, "terraform"), folder: t.TempDir()}
	plugins := mirror(t)
	if err := os.CopyFS(w.folder, configuration); err != nil {
		t.Fatal(err)
	}
	// Nothing is fetched from anywhere else.
	settings := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", plugins)
	w.write("cli.tfrc", settings)
	w.env = slices.DeleteFunc(s.Environ(management), func(variable string) bool { return strings.HasPrefix(variable, "TF_") })
	w.env = append(w.env,
		"TF_CLI_CONFIG_FILE="+filepath.Join(w.folder, "cli.tfrc"),
		"TF_IN_AUTOMATION=yes", "TF_INPUT=0",
		"TF_VAR_endpoint="+s.URL,
		// The provider makes much garbage when it starts, and it starts often.
		"GOGC=400",
	)
	w.run(0, "init")
	return w
}

func (w *workspace) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.folder, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// run runs Terraform, which has to end with a status, and returns what it wrote.
func (w *workspace) run(status int, args ...string) (out, problems string) {
	w.t.Helper()
	c := exec.CommandContext(w.ctx, w.program, args...)
	c.Dir, c.Env = w.folder, w.env
	// An interrupt ends the provider, too.
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 20 * time.Second
	var said strings.Builder
	c.Stderr = &said
	text, err := c.Output()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		w.t.Fatal(err)
	}
	if c.ProcessState.ExitCode() != status {
		w.t.Fatalf("terraform %s: %s, want %d\n%s\n%s", strings.Join(args, " "), c.ProcessState, status, text, &said)
	}
	return string(text), said.String()
}

// read runs Terraform and decodes what it writes.
func (w *workspace) read(into any, args ...string) {
	w.t.Helper()
	out, _ := w.run(0, args...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		w.t.Fatalf("terraform %s: %v", strings.Join(args, " "), err)
	}
}

// wantEverything looks for a block of each resource and of each data source that
// the provider has for the service.
func (w *workspace) wantEverything() {
	w.t.Helper()
	var schemas struct {
		Providers map[string]struct {
			Resources map[string]any `json:"resource_schemas"`
			Sources   map[string]any `json:"data_source_schemas"`
		} `json:"provider_schemas"`
	}
	w.read(&schemas, "providers", "schema", "-json")
	var configuration strings.Builder
	for _, pattern := range []string{"*.tf", "seen/*.tf"} {
		files, err := filepath.Glob(filepath.Join(w.folder, pattern))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				w.t.Fatal(err)
			}
			configuration.Write(text)
		}
	}
	aws := schemas.Providers["registry.terraform.io/hashicorp/aws"]
	blocks := 0
	for kind, names := range map[string]map[string]any{"resource": aws.Resources, "data": aws.Sources} {
		for name := range names {
			if !strings.HasPrefix(name, "aws_organizations_") {
				continue
			}
			blocks++
			if !strings.Contains(configuration.String(), fmt.Sprintf("%s %q ", kind, name)) {
				w.t.Errorf("the landing zone has no %s %s", kind, name)
			}
		}
	}
	if blocks < 15 {
		w.t.Errorf("the provider has only %d resources and data sources", blocks)
	}
}

// apply brings the landing zone to a revision, after which there is nothing left
// to do, and the data sources see what testdata says.
func (w *workspace) apply(revision string) {
	w.t.Helper()
	file := "-var-file=" + revision + ".tfvars"
	w.run(0, "apply", "-no-color", "-auto-approve", file)
	w.clean(revision)

	var seen map[string]struct{ Value any }
	w.read(&seen, "output", "-json")
	got := map[string]any{}
	for name, output := range seen {
		got[name] = output.Value
	}
	text, err := os.ReadFile("testdata/" + revision + ".json")
	if err != nil {
		w.t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(text, &want); err != nil {
		w.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("the data sources see something else than %s (-want +got):\n%s", revision, diff)
	}
}

// clean asks for a plan, which has to be empty: with another one the status is 2.
func (w *workspace) clean(revision string) {
	w.t.Helper()
	w.run(0, "plan", "-no-color", "-detailed-exitcode", "-var-file="+revision+".tfvars")
}

// resources are the ids of what the state holds, by addresses; data sources are
// not among them.
func (w *workspace) resources() map[string]string {
	w.t.Helper()
	var state struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				Key        *string `json:"index_key"`
				Attributes struct{ ID string }
			}
		}
	}
	w.read(&state, "state", "pull")
	ids := map[string]string{}
	for _, r := range state.Resources {
		if r.Mode != "managed" {
			continue
		}
		for _, instance := range r.Instances {
			address := r.Type + "." + r.Name
			if instance.Key != nil {
				address += fmt.Sprintf("[%q]", *instance.Key)
			}
			ids[address] = instance.Attributes.ID
		}
	}
	return ids
}

// adopt imports resources into a workspace without a state. What the import finds
// has to be what the configuration says. The provider imports all but the ones that are
// remade.
func (w *workspace) adopt(resources map[string]string, revision string, remade ...string) {
	w.t.Helper()
	var blocks strings.Builder
	for _, address := range slices.Sorted(maps.Keys(resources)) {
		fmt.Fprintf(&blocks, "import {\n  to = %s\n  id = %q\n}\n\n", address, resources[address])
	}
	w.write("imports.tf", blocks.String())
	w.run(0, "plan", "-no-color", "-out=adoption", "-var-file="+revision+".tfvars")
	var plan struct {
		Changes []struct {
			Address, Mode string
			Change        struct {
				Actions       []string
				Before, After map[string]any
				Importing     *struct{ ID string }
			}
		} `json:"resource_changes"`
	}
	w.read(&plan, "show", "-json", "adoption")
	imported := map[string]string{}
	for _, c := range plan.Changes {
		if c.Mode != "managed" || slices.Contains(remade, c.Address) {
			continue
		}
		if c.Change.Importing != nil {
			imported[c.Address] = c.Change.Importing.ID
		}
		for name, after := range c.Change.After {
			if diff := cmp.Diff(c.Change.Before[name], after); diff != "" && !slices.Contains(omitted, name) {
				w.t.Errorf("%s: an import finds another %s (-service +configuration):\n%s", c.Address, name, diff)
			}
		}
		for _, action := range c.Change.Actions {
			if action != "no-op" && action != "update" {
				w.t.Errorf("an import wants to %s %s", action, c.Address)
			}
		}
	}
	if diff := cmp.Diff(resources, imported); diff != "" {
		w.t.Errorf("imported are others (-want +got):\n%s", diff)
	}
	w.run(0, "apply", "-no-color", "adoption")
	w.clean(revision)
}

// omitted are arguments of the provider that say what it does itself. No import
// finds them, nor does a change of them reach the service.
var omitted = []string{"close_on_deletion", "create_govcloud", "force_destroy"}

// destroy destroys the landing zone. Where something has to stay, it ends with the
// exception of the service that says why.
func (w *workspace) destroy(revision string, exceptions ...string) {
	w.t.Helper()
	status := min(len(exceptions), 1)
	_, problems := w.run(status, "destroy", "-no-color", "-auto-approve", "-var-file="+revision+".tfvars")
	for _, exception := range exceptions {
		if !strings.Contains(problems, exception) {
			w.t.Errorf("the end of the landing zone did not meet %s:\n%s", exception, problems)
		}
	}
}
