package config_test

import (
	"strings"
	"testing"

	"accord/internal/config"
)

func noVariables(string) string { return "" }

// TestTheAdminAPILeavesTheMachineWithAToken: the control is the same address with one.
func TestTheAdminAPILeavesTheMachineOnlyWithAToken(t *testing.T) {
	beyond := []string{":9000", "0.0.0.0:8017", "[::]:8017", "192.0.2.1:8017", "accord:8017", "127.0.0.1.example.com:8017", "[::ffff:192.0.2.1]:8017"}
	for _, address := range beyond {
		_, err := config.Load(config.Input{"admin-listen": {address}}, noVariables, nil)
		if err == nil || !strings.Contains(err.Error(), "give it a token with --admin-token-file") {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := config.Load(config.Input{"admin-listen": {address}, "admin-token-file": {"token"}}, noVariables, nil); err != nil {
			t.Errorf("the control, %s: %v", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1:8017", "127.8.8.8:0", "[::1]:8017", "localhost:8017", "unix:///run/accord/admin.sock"} {
		if _, err := config.Load(config.Input{"admin-listen": {address}}, noVariables, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"unix://admin.sock", "unix:///", "unix:///run/", "unix:", "http://127.0.0.1:8017"} {
		if _, err := config.Load(config.Input{"admin-listen": {address}}, noVariables, nil); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
	t.Logf("evidence: %d addresses beyond this machine refused without a token, and taken with one", len(beyond))
}
