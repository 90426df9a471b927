// Package certificate has the TLS configuration of a listener: from files, or with a
// certificate that is made at the start for tests.
//
// Its times are those of the clock that the caller passes, which has to be that of the
// system: clients compare them with theirs.
package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

// lifetime is how long a certificate made at the start is valid: a server that runs
// longer is one for tests that was forgotten.
const lifetime = 365 * 24 * time.Hour

// SelfSigned makes a certificate authority, a certificate of it for host names and IP
// addresses, and writes the certificate of the authority to a file, which clients
// trust. The private keys stay in memory. A file with anything but such a certificate
// is not overwritten: it may be the certificates that this machine trusts, or a key.
func SelfSigned(names []string, now time.Time, authorityFile string) (*tls.Config, error) {
	if err := mayReplace(authorityFile); err != nil {
		return nil, err
	}
	authority := template(authorityName+now.UTC().Format(time.RFC3339), now)
	authority.IsCA, authority.BasicConstraintsValid = true, true
	authority.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root, err := sign(authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, err
	}
	server := template("Accord", now)
	server.KeyUsage = x509.KeyUsageDigitalSignature
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else if name != "" {
			server.DNSNames = append(server.DNSNames, name)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	leaf, err := sign(server, authority, key.Public(), authorityKey)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root})
	if err := os.WriteFile(authorityFile, text, 0o644); err != nil {
		return nil, err
	}
	c := configuration()
	c.Certificates = []tls.Certificate{{Certificate: [][]byte{leaf, root}, PrivateKey: key}}
	return c, nil
}

// authorityName begins the name of the authorities made here.
const authorityName = "Accord test authority "

// mayReplace returns an error for a file that was not written by SelfSigned.
func mayReplace(file string) error {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if block, rest := pem.Decode(text); block != nil && len(rest) == 0 {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && strings.HasPrefix(c.Subject.CommonName, authorityName) {
			return nil
		}
	}
	return fmt.Errorf("%s exists and has something else than a certificate that Accord made; it is not overwritten", file)
}

// template is what all certificates have. The hour before now allows for clocks that
// are behind.
func template(name string, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:   pkix.Name{CommonName: name, Organization: []string{"Accord"}},
		NotBefore: now.Add(-time.Hour),
		NotAfter:  now.Add(lifetime),
	}
}

func sign(c, parent *x509.Certificate, public crypto.PublicKey, key *ecdsa.PrivateKey) ([]byte, error) {
	const bits = 127
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), bits))
	if err != nil {
		return nil, err
	}
	c.SerialNumber = serial
	return x509.CreateCertificate(rand.Reader, c, parent, public, key)
}

// configuration offers HTTP/2 and HTTP/1.1.
func configuration() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
}
