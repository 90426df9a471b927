// Package packaging_test checks what is installed beside the program: the service of
// systemd, the rules for Prometheus and the dashboard for Grafana.
package packaging_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/config"
	"accord/test/require"
)

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// output runs a program and fails the test if that fails.
func output(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestTheServiceIsSound: systemd understands the unit, and what it says of its exposure is
// at most 2 of 10. [systemd: systemd-analyze(1)]
func TestTheServiceIsSound(t *testing.T) {
	systemd := require.Tool(t, "systemd-analyze")
	unit := content(t, "accord.service")
	for _, want := range []string{
		"Type=notify", "Restart=always", "DynamicUser=yes", "StateDirectory=accord", "ProtectSystem=strict", "NoNewPrivileges=yes", "MemoryMax=",
	} {
		if !strings.Contains(unit, "\n"+want) {
			t.Errorf("the unit lacks %s", want)
		}
	}
	// The program that it starts has to be there.
	path := filepath.Join(t.TempDir(), "accord.service")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(unit, "/usr/bin/accord", "/bin/true")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := output(t, systemd, "verify", path); out != "" {
		t.Errorf("systemd-analyze verify: %s", out)
	}
	output(t, systemd, "security", "--offline=true", "--threshold=20", path)
}

// TestTheSettingsOfTheServiceAreValid: the file is one of serve --config, and all that is
// written is in the folder of the service.
func TestTheSettingsOfTheServiceAreValid(t *testing.T) {
	c, err := config.Load(config.Input{"config": {"accord.json"}}, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	if c.Store != "sqlite:/var/lib/accord/accord.db" || filepath.Dir(c.Journal) != "/var/lib/accord" {
		t.Errorf("store %s, journal %s", c.Store, c.Journal)
	}
	if !strings.HasPrefix(c.Listen, "127.0.0.1:") || !strings.HasPrefix(c.AdminListen, "127.0.0.1:") {
		t.Errorf("it listens on %s and %s, which others reach", c.Listen, c.AdminListen)
	}
}

var (
	ourMetric = regexp.MustCompile(`\baccord_[a-z_]+`)
	inCode    = regexp.MustCompile(`"(accord_[a-z_]+)"`)
	alertName = regexp.MustCompile(`- alert: (\w+)`)
)

// metrics are the names in the program's code.
func metrics(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	err := filepath.WalkDir("../internal", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, m := range inCode.FindAllStringSubmatch(content(t, path), -1) {
			known[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(known) < 10 {
		t.Fatalf("only %d metrics were found: the search is broken", len(known))
	}
	return known
}

func TestEveryNamedMetricExists(t *testing.T) {
	known := metrics(t)
	manual := content(t, "../docs/operating.md")
	for name := range known {
		if !strings.Contains(manual, "`"+name) {
			t.Errorf("docs/operating.md does not explain %s", name)
		}
	}
	for _, path := range []string{"prometheus/alerts.yaml", "prometheus/alerts_test.yaml", "grafana/accord.json", "../docs/operating.md"} {
		named := ourMetric.FindAllString(content(t, path), -1)
		if len(named) == 0 {
			t.Errorf("%s names no metric", path)
		}
		for _, name := range named {
			if !known[name] && !known[strings.TrimSuffix(name, "_bucket")] {
				t.Errorf("%s: there is no metric %s", path, name)
			}
		}
	}
}

func TestEveryAlertIsTestedAndExplained(t *testing.T) {
	tests, manual := content(t, "prometheus/alerts_test.yaml"), content(t, "../docs/operating.md")
	alerts := alertName.FindAllStringSubmatch(content(t, "prometheus/alerts.yaml"), -1)
	if len(alerts) < 10 {
		t.Errorf("there are %d alerts", len(alerts))
	}
	for _, a := range alerts {
		if !strings.Contains(tests, `alertname="`+a[1]+`"`) {
			t.Errorf("alerts_test.yaml does not fire %s", a[1])
		}
		if !strings.Contains(manual, "| `"+a[1]+"` |") {
			t.Errorf("docs/operating.md does not say what to do about %s", a[1])
		}
	}
}

// TestPrometheusReadsTheRules: the rules are valid, each alert fires for its cause, and
// none for a server with nothing wrong.
func TestPrometheusReadsTheRules(t *testing.T) {
	promtool := require.Tool(t, "promtool")
	output(t, promtool, "check", "rules", "prometheus/alerts.yaml")
	output(t, promtool, "test", "rules", "prometheus/alerts_test.yaml")
}

// TestTheDashboardAsksValidQueries lets Prometheus read each query of the dashboard as a
// rule, with values for the variables of Grafana.
func TestTheDashboardAsksValidQueries(t *testing.T) {
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(content(t, "grafana/accord.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	values := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*")
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	n := 0
	for _, panel := range dashboard.Panels {
		if len(panel.Targets) == 0 {
			t.Errorf("the panel %s asks nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			expr, err := json.Marshal(values.Replace(target.Expr))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&rules, "      - {record: 'panel:query:%d', expr: %s}\n", n, expr)
			n++
		}
	}
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, require.Tool(t, "promtool"), "check", "rules", path)
}
