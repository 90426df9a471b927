package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"accord/internal/admintoken"
	"accord/internal/cli"
	"accord/test/process"
)

// TestCommandsShowTheToken, which is in no list of processes, log, banner or journal.
// The control is a command without it.
func TestCommandsShowTheToken(t *testing.T) {
	folder := t.TempDir()
	file, journal := filepath.Join(folder, "token"), filepath.Join(folder, "journal")
	s := process.Start(t, "--admin-token-file", file, "--journal", journal, "--log-level", "debug")
	if got := execute(t, "wait", "--admin", s.AdminURL); got.status != succeeded {
		t.Errorf("wait needs a token: %+v", got)
	}
	without := execute(t, "account", "create", "--id", "222222222222", "--admin", s.AdminURL)
	if without.status != failed || !strings.Contains(without.stderr, "the token of the admin API is missing or wrong") {
		t.Errorf("the control: %+v", without)
	}
	on(t, s, "account", "create", "--id", "222222222222", "--admin-token-file", file)
	t.Setenv(cli.TokenVariable, file)
	on(t, s, "account", "list")
	on(t, s, "calls")
	if env := on(t, s, "env"); !strings.Contains(env, "export ACCORD_ADMIN_TOKEN_FILE="+file+"\n") || !strings.Contains(s.Banner, "export ACCORD_ADMIN_TOKEN_FILE="+file+"\n") {
		t.Errorf("the variables:\n%s", env)
	}

	token, err := admintoken.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.AdminURL+"/nothing", nil)
	if err != nil {
		t.Fatal(err)
	}
	admintoken.Add(r, token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if status := s.Stop(t); status != succeeded {
		t.Errorf("it ended with %d", status)
	}
	written, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"log": s.Logged(t, "stopping"), "banner": s.Banner, "journal": string(written)} {
		if strings.Contains(text, token) {
			t.Errorf("the %s shows the token:\n%s", where, text)
		}
	}
}

func TestCommandsUseASocket(t *testing.T) {
	folder, err := os.MkdirTemp("", "accord")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	s := process.Start(t, "--admin-listen", "unix://"+filepath.Join(folder, "s"))
	on(t, s, "wait")
	on(t, s, "account", "create", "--id", "222222222222")
	if list := on(t, s, "account", "list"); !strings.Contains(list, "222222222222") || !strings.HasPrefix(s.AdminURL, "unix:///") {
		t.Errorf("at %s:\n%s", s.AdminURL, list)
	}
}

// TestExecPassesSignalsOn: a supervisor sends them to one process alone.
func TestExecPassesSignalsOn(t *testing.T) {
	s := process.Start(t)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTERM} {
		ready := filepath.Join(t.TempDir(), "ready")
		go func() {
			for range 1000 {
				if _, err := os.Stat(ready); err == nil {
					_ = self.Signal(signal)
					return
				}
				<-time.After(10 * time.Millisecond)
			}
		}()
		got := execute(t, "exec", "--admin", s.AdminURL, "--", "sh", "-c",
			`trap 'echo HUP; exit 3' HUP; trap 'echo QUIT; exit 3' QUIT; trap 'echo TERM; exit 3' TERM; : > '`+ready+`'; n=0; while [ $n -lt 1000 ]; do sleep 0.01; n=$((n+1)); done`)
		if want := map[syscall.Signal]string{syscall.SIGHUP: "HUP\n", syscall.SIGQUIT: "QUIT\n", syscall.SIGTERM: "TERM\n"}[signal]; got.status != 3 || got.stdout != want {
			t.Errorf("%v: %+v", signal, got)
		}
	}
}
