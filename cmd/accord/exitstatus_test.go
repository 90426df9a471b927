package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/test/process"
)

// TestASettingThatCannotBeUsedIsAMisuse, as one of a wrong form is: systemd does not start
// a server again that ended with status 2. The controls are the rows with status 1, where
// another start may succeed.
func TestASettingThatCannotBeUsedIsAMisuse(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	write := func(name, text string, mode os.FileMode) string {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		// The umask does not change it.
		if err := os.Chmod(at(name), mode); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	text := write("text", "no certificate, no token, no journal\n", 0o600)
	running := process.Start(t, "--journal", at("journal"), "--store", "sqlite:"+at("running.db"))
	for what, c := range map[string]struct {
		args    []string
		status  int
		setting string
	}{
		"a configuration that is missing":   {[]string{"--config", at("absent")}, misused, "config"},
		"a configuration that is a folder":  {[]string{"--config", folder}, misused, "config"},
		"a malformed configuration":         {[]string{"--config", text}, misused, text},
		"a certificate that is missing":     {[]string{"--tls-cert", at("absent"), "--tls-key", text}, misused, "tls-cert"},
		"a certificate that is none":        {[]string{"--tls-cert", text, "--tls-key", text}, misused, "tls-cert"},
		"a key that is a folder":            {[]string{"--tls-cert", text, "--tls-key", folder}, misused, "tls-key"},
		"an authority that is something":    {[]string{"--tls", "self-signed", "--tls-ca", text}, misused, "tls-ca"},
		"an authority in no folder":         {[]string{"--tls", "self-signed", "--tls-ca", at("absent/ca.pem")}, misused, "tls-ca"},
		"a token that is none":              {[]string{"--admin-token-file", text}, misused, "admin-token-file"},
		"a token that others can read":      {[]string{"--admin-token-file", write("open", strings.Repeat("a", 64), 0o644)}, misused, "admin-token-file"},
		"a token in no folder":              {[]string{"--admin-token-file", at("absent/token")}, misused, "admin-token-file"},
		"a token that is a folder":          {[]string{"--admin-token-file", folder}, misused, "admin-token-file"},
		"a journal that is a folder":        {[]string{"--journal", folder}, misused, "journal"},
		"a journal in no folder":            {[]string{"--journal", at("absent/journal")}, misused, "journal"},
		"a journal that is something":       {[]string{"--journal", text}, misused, "journal"},
		"a password file that is missing":   {[]string{"--store-password-file", at("absent"), "--store", "postgres://accord@127.0.0.1:1/accord"}, misused, "store-password-file"},
		"a store that is a folder":          {[]string{"--store", "sqlite:" + folder}, misused, folder},
		"a store in no folder":              {[]string{"--store", "sqlite:" + at("absent/accord.db")}, misused, at("absent")},
		"a store below a file":              {[]string{"--store", "sqlite:" + at("text/accord.db")}, misused, at("text")},
		"an address of another machine":     {[]string{"--listen", "192.0.2.1:0"}, misused, "listen"},
		"a name that nobody has":            {[]string{"--listen", "nobody.invalid:0"}, misused, "listen"},
		"a socket in no folder":             {[]string{"--admin-listen", "unix://" + at("absent/admin")}, misused, "admin-listen"},
		"a socket that is a file":           {[]string{"--admin-listen", "unix://" + text}, misused, "admin-listen"},
		"a socket with a long name":         {[]string{"--admin-listen", "unix:///tmp/" + strings.Repeat("a", 120)}, misused, "admin-listen"},
		"the control: a port that is taken": {[]string{"--listen", taken.Addr().String()}, failed, "listen"},
		"the control: a journal in use":     {[]string{"--journal", at("journal")}, failed, "journal"},
		"the control: a store in use":       {[]string{"--store", "sqlite:" + at("running.db")}, failed, "running.db"},
		"the control: a database that is not there": {
			[]string{"--store", "postgres://accord@127.0.0.1:1/accord", "--store-wait", "0"}, failed, "store",
		},
	} {
		args := append([]string{"serve", "--store", "memory", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}, c.args...)
		ended := make(chan command, 1)
		go func() { ended <- execute(t, args...) }()
		select {
		case got := <-ended:
			if got.status != c.status || !strings.Contains(got.stderr, c.setting) {
				t.Errorf("%s: %+v, want status %d and %q", what, got, c.status, c.setting)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: it serves", what)
		}
	}
	if !strings.Contains(on(t, running, "clock", "show"), "(system)") {
		t.Error("the server beside them does not answer")
	}
}
