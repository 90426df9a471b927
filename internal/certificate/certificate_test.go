package certificate_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/certificate"
)

var now = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func TestASelfSignedCertificateIsTrustedThroughItsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	c, err := certificate.SelfSigned([]string{"localhost", "127.0.0.1", "::1", "accord", ""}, now, file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) || strings.Contains(string(text), "PRIVATE") {
		t.Fatalf("the file has no certificate, or a key:\n%s", text)
	}
	leaf, err := x509.ParseCertificate(c.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "[::1]": true, "accord": true, "elsewhere": false} {
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: now})
		if (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for after, want := range map[time.Duration]bool{-2 * time.Hour: false, -time.Minute: true, 300 * 24 * time.Hour: true, 400 * 24 * time.Hour: false} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now.Add(after)})
		if (err == nil) != want {
			t.Errorf("after %v: %v", after, err)
		}
	}
}

// The file is made anew at each start, but nothing else is overwritten: a user may take
// the setting for one that names the authorities to trust.
func TestOnlyAnAuthorityMadeHereIsReplaced(t *testing.T) {
	certificateFile, keyFile := pair(t)
	folder := t.TempDir()
	made, both := filepath.Join(folder, "made.pem"), filepath.Join(folder, "both.pem")
	if _, err := certificate.SelfSigned(nil, now, made); err != nil {
		t.Fatal(err)
	}
	if _, err := certificate.SelfSigned(nil, now, made); err != nil {
		t.Errorf("at the second start: %v", err)
	}
	var texts []byte
	for _, file := range []string{made, certificateFile} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text...)
	}
	if err := os.WriteFile(both, texts, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{certificateFile, keyFile, both} {
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := certificate.SelfSigned(nil, now, file); err == nil || !strings.Contains(err.Error(), "is not overwritten") {
			t.Errorf("%s: %v", file, err)
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
			t.Errorf("%s was changed: %v", file, err)
		}
	}
}

// pair writes a certificate and its key to files.
func pair(t *testing.T) (certificateFile, keyFile string) {
	t.Helper()
	folder := t.TempDir()
	c, err := certificate.SelfSigned([]string{"localhost"}, now, filepath.Join(folder, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(c.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificateFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{
		certificateFile: {Type: "CERTIFICATE", Bytes: c.Certificates[0].Certificate[0]},
		keyFile:         {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificateFile, keyFile
}

func TestFilesAreLoaded(t *testing.T) {
	certificateFile, keyFile := pair(t)
	c, err := certificate.Load(certificateFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil || c.MinVersion != tls.VersionTLS12 || strings.Join(c.NextProtos, " ") != "h2 http/1.1" {
		t.Fatalf("%v, %+v", err, c)
	}
	_, other := pair(t)
	for _, files := range [][2]string{{"missing.pem", keyFile}, {certificateFile, "missing.pem"}, {keyFile, certificateFile}, {certificateFile, other}} {
		_, err := certificate.Load(files[0], files[1], slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), ".pem") || strings.Contains(err.Error(), "PRIVATE KEY-----") {
			t.Errorf("%v: %v", files, err)
		}
	}
}

func TestFilesThatChangeAreReadAgain(t *testing.T) {
	certificateFile, keyFile := pair(t)
	var log bytes.Buffer
	c, err := certificate.Load(certificateFile, keyFile, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	// serves reports whether a new connection gets the certificate of a file.
	serves := func(file string) bool {
		t.Helper()
		got, err := c.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(content(t, file))
		return string(got.Certificate[0]) == string(block.Bytes)
	}
	replace := func(file string, text []byte) {
		t.Helper()
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		// A file system may be too coarse for changes that follow each other so closely.
		changes++
		at := now.Add(time.Duration(changes) * time.Second)
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	newCertificate, newKey := pair(t)
	old := filepath.Join(t.TempDir(), "old.pem")
	replace(old, content(t, certificateFile))

	replace(certificateFile, content(t, newCertificate))
	for range 3 {
		if !serves(old) {
			t.Error("a certificate without its key is used")
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings: %s", n, &log)
	}
	replace(keyFile, content(t, newKey))
	if !serves(newCertificate) {
		t.Error("the new pair is not used")
	}
	replace(certificateFile, []byte("not a certificate"))
	if !serves(newCertificate) {
		t.Error("a broken file is used")
	}
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if !serves(newCertificate) {
			t.Error("a missing file ends the old certificate")
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 3 || strings.Contains(log.String(), "PRIVATE KEY-----") {
		t.Errorf("%d warnings: %s", n, &log)
	}
	replace(certificateFile, content(t, old))
	third, thirdKey := pair(t)
	replace(certificateFile, content(t, third))
	replace(keyFile, content(t, thirdKey))
	if !serves(third) {
		t.Error("a good pair after a broken one is not used")
	}
	t.Log("evidence: 2 new pairs taken, 3 broken states kept the old one, each with 1 warning")
}

func content(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAFileThatCannotBeWrittenIsNamed(t *testing.T) {
	_, err := certificate.SelfSigned(nil, now, filepath.Join(t.TempDir(), "missing", "ca.pem"))
	if err == nil || !strings.Contains(err.Error(), "ca.pem") {
		t.Error(err)
	}
}
