package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"accord/internal/filelock"
	"accord/internal/store"
	"accord/internal/store/engine"
)

// Unusable is the error of a setting whose value has the right form and cannot be used on
// this machine: its file is missing, not readable or something else, its address is that
// of another machine. The setting, or what it names, has to be changed: another start
// alone fails again.
type Unusable struct{ err error }

func (u *Unusable) Error() string { return u.err.Error() }

func (u *Unusable) Unwrap() error { return u.err }

// passing are the errors that another start may not meet.
var passing = []error{
	syscall.EADDRINUSE, filelock.ErrLocked,
	syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.ESTALE, syscall.ETIMEDOUT,
	syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EAGAIN, syscall.EINTR,
}

// Use returns an error that a part had with the values of settings, nil for none, with the
// names of the settings. It is an *Unusable unless another start may succeed.
func Use(err error, settings ...string) error {
	if err == nil {
		return nil
	}
	word := "setting"
	if len(settings) > 1 {
		word = "settings"
	}
	named := fmt.Errorf("%s %s: %w", word, strings.Join(settings, " and "), err)
	if passes(err) {
		return named
	}
	return &Unusable{named}
}

func passes(err error) bool {
	for _, one := range passing {
		if errors.Is(err, one) {
			return true
		}
	}
	var lookup *net.DNSError
	return errors.As(err, &lookup) && !lookup.IsNotFound
}

// UseStore returns an error of the store: an *Unusable if the setting names what cannot be a
// store, or a file that the system refuses. A database may be there at the next start.
func (c Config) UseStore(err error) error {
	var unsuitable *engine.Unsuitable
	if errors.As(err, &unsuitable) {
		return &Unusable{err}
	}
	var refused *fs.PathError
	driver, unknown := store.DriverOf(c.Store)
	if unknown == nil && driver.Path != nil && errors.As(err, &refused) && !passes(err) {
		return &Unusable{err}
	}
	return err
}
