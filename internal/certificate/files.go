package certificate

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Load returns the configuration with a certificate, which its chain may follow, and
// its private key, both in PEM. When a file changes, the next connection gets the new
// certificate; while the two are not a pair, the old one is used, and the log says why,
// once for each change.
func Load(certificateFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	f := &files{names: [2]string{certificateFile, keyFile}, log: log}
	var err error
	if f.versions, err = f.look(); err != nil {
		return nil, err
	}
	if f.pair, err = f.read(); err != nil {
		return nil, err
	}
	c := configuration()
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current(), nil }
	return c, nil
}

// files are those of a certificate and its key.
type files struct {
	names [2]string
	log   *slog.Logger

	mu sync.Mutex
	// versions are those that were read last, also where they are not a pair.
	versions [2]version
	pair     *tls.Certificate
}

// version tells one content of a file from the next.
type version struct {
	at   time.Time
	size int64
}

func (f *files) look() (found [2]version, err error) {
	for i, name := range f.names {
		info, err := os.Stat(name)
		if err != nil {
			return found, err
		}
		found[i] = version{info.ModTime(), info.Size()}
	}
	return found, nil
}

func (f *files) read() (*tls.Certificate, error) {
	var text [2][]byte
	for i, name := range f.names {
		var err error
		if text[i], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	pair, err := tls.X509KeyPair(text[0], text[1])
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", f.names[0], f.names[1], err)
	}
	return &pair, nil
}

// current returns the certificate, from the files if they have changed. Two looks at
// files cost little beside the start of a connection.
func (f *files) current() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, err := f.look()
	if err != nil {
		// A file that is missing for a moment is one that is being replaced.
		found = [2]version{}
	}
	if found == f.versions {
		return f.pair
	}
	f.versions = found
	if err == nil {
		var pair *tls.Certificate
		if pair, err = f.read(); err == nil {
			f.pair = pair
			f.log.Info("the certificate was read again", "file", f.names[0])
			return f.pair
		}
	}
	f.log.Warn("the new certificate cannot be used; the old one stays", "error", err)
	return f.pair
}
