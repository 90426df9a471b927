package app_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/telemetry"
)

func TestTheAPIIsAnsweredWithTLS(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	// A virtual clock, far from the time of the client.
	a := open(t, apptest.Config(t, "tls", "self-signed", "tls-ca", file, "clock", "virtual", "admin-hosts", "accord"))
	defer a.close()
	apptest.Listen(t, a.App)
	if a.CABundle() != file || !strings.HasPrefix(a.URL(), "https://") || !strings.HasPrefix(a.AdminURL(), "http://") {
		t.Errorf("%s, %s, %s", a.CABundle(), a.URL(), a.AdminURL())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	for _, version := range []string{"HTTP/2.0", "HTTP/1.1"} {
		for _, name := range []string{"127.0.0.1", "localhost", "accord"} {
			transport := &http.Transport{
				TLSClientConfig:   &tls.Config{RootCAs: roots, ServerName: name},
				ForceAttemptHTTP2: version == "HTTP/2.0",
			}
			client := &http.Client{Transport: transport}
			r := request(alice, "ListHandshakesForAccount", `{}`)
			target, err := http.NewRequest(http.MethodPost, a.URL(), r.Body)
			if err != nil {
				t.Fatal(err)
			}
			target.Header = r.Header
			answer, err := client.Do(target)
			if err != nil {
				t.Fatalf("%s as %s: %v", version, name, err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != 200 || answer.Proto != version {
				t.Errorf("%s as %s: %d with %s", version, name, answer.StatusCode, answer.Proto)
			}
			transport.CloseIdleConnections()
		}
	}
}

func TestACertificateThatCannotBeUsedIsAnErrorOfItsSetting(t *testing.T) {
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing", "file.pem")
	for setting, settings := range map[string][]string{
		"settings tls-cert and tls-key: ": {"tls-cert", missing, "tls-key", missing},
		"setting tls-ca: ":                {"tls", "self-signed", "tls-ca", missing},
	} {
		store := filepath.Join(folder, "accord.db")
		c := apptest.Config(t, append(settings, "store", "sqlite:"+store)...)
		_, err := app.Open(t.Context(), c, app.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), setting) || !strings.Contains(err.Error(), missing) {
			t.Errorf("%s: %v", setting, err)
		}
		if _, err := os.Stat(store); err == nil {
			t.Error("the store was made before")
		}
	}
}

func TestAnOpenAddressIsWarnedOf(t *testing.T) {
	for address, want := range map[string]int{"127.0.0.1:0": 0, "localhost:0": 0, "0.0.0.0:0": 1, ":0": 1} {
		var log bytes.Buffer
		logger := telemetry.NewLog(telemetry.Unbuffered(&log), telemetry.Options{Level: slog.LevelInfo})
		a := fixture{apptest.Open(t, apptest.Config(t, "listen", address), app.Options{Log: logger}), t}
		apptest.Listen(t, a.App)
		a.close()
		if n := strings.Count(log.String(), "others than this machine"); n != want {
			t.Errorf("%s: %d lines\n%s", address, n, log.String())
		}
	}
}
