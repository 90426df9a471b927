package certificate_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
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
	c, err := certificate.Load(certificateFile, keyFile)
	if err != nil || c.MinVersion != tls.VersionTLS12 || strings.Join(c.NextProtos, " ") != "h2 http/1.1" {
		t.Fatalf("%v, %+v", err, c)
	}
	_, other := pair(t)
	for _, files := range [][2]string{{"missing.pem", keyFile}, {certificateFile, "missing.pem"}, {keyFile, certificateFile}, {certificateFile, other}} {
		_, err := certificate.Load(files[0], files[1])
		if err == nil || !strings.Contains(err.Error(), ".pem") || strings.Contains(err.Error(), "PRIVATE KEY-----") {
			t.Errorf("%v: %v", files, err)
		}
	}
}

func TestAFileThatCannotBeWrittenIsNamed(t *testing.T) {
	_, err := certificate.SelfSigned(nil, now, filepath.Join(t.TempDir(), "missing", "ca.pem"))
	if err == nil || !strings.Contains(err.Error(), "ca.pem") {
		t.Error(err)
	}
}
