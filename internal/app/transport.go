package app

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"accord/internal/certificate"
	"accord/internal/clock"
	"accord/internal/config"
)

// transport is how clients reach the API.
type transport struct {
	// tls is nil for plain HTTP.
	tls *tls.Config
	// authority is the file with the certificate that clients have to trust; empty for
	// those of the system.
	authority string
}

// newTransport reads the certificate of the settings, or makes one.
func newTransport(c config.Config, log *slog.Logger) (transport, error) {
	switch {
	case c.TLSCertificate != "":
		loaded, err := certificate.Load(c.TLSCertificate, c.TLSKey, log)
		if err != nil {
			return transport{}, config.Use(err, "tls-cert", "tls-key")
		}
		return transport{tls: loaded}, nil
	case c.TLSSelfSigned:
		file, err := filepath.Abs(c.TLSAuthority)
		if err != nil {
			return transport{}, config.Use(err, "tls-ca")
		}
		// The system's clock, whatever the clock of the service is.
		made, err := certificate.SelfSigned(certificateNames(c), (&clock.System{}).Now(), file)
		if err != nil {
			return transport{}, config.Use(err, "tls-ca")
		}
		return transport{tls: made, authority: file}, nil
	}
	return transport{}, nil
}

// certificateNames are the names for which a certificate is made: those of this
// machine, and those that the settings name.
func certificateNames(c config.Config) []string {
	names := append([]string{"localhost", "127.0.0.1", "::1"}, c.AdminHosts...)
	for _, address := range []string{c.Listen, c.AdminListen} {
		if host, _, err := net.SplitHostPort(address); err == nil {
			names = append(names, host)
		}
	}
	if host, err := os.Hostname(); err == nil {
		names = append(names, host)
	}
	return names
}

// scheme is that of the URL of the API.
func (t transport) scheme() string {
	if t.tls != nil {
		return "https"
	}
	return "http"
}

// hostsOf are the names of the host of an address, if it is a name, and further ones.
func hostsOf(address string, more ...string) []string {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return more
	}
	return append([]string{host}, more...)
}
