package store

import (
	"context"
	"fmt"
	"io"

	"accord/internal/store/engine"
	"accord/internal/store/rowcheck"
)

// Backup writes the state that a store has at one moment into an empty file, while
// servers may use it, and runs look on exactly that state.
func Backup(ctx context.Context, url string, o EngineOptions, path string, look func(*View) error) error {
	driver, err := DriverOf(url)
	if err != nil {
		return err
	}
	if driver.Backup == nil {
		return fmt.Errorf("a store of the kind %s has no backup", driver.Form)
	}
	if !driver.Exists(url) {
		return fmt.Errorf("%s: there is no store", driver.Name(url))
	}
	return driver.Backup(ctx, url, o, path, func(e engine.Engine, session engine.Session) error {
		return look(&View{session: session, engine: e})
	})
}

// Restore makes a store of what Backup has written, unless accept refuses it: accept
// sees and can change the copy before a server can open it. A store that is in use is
// refused, and one that holds anything too, unless overwrite is set. Then kept says
// where the old one is now.
func Restore(ctx context.Context, url string, copied io.Reader, overwrite bool, o Options, accept func(*Tx) error) (kept string, err error) {
	driver, err := DriverOf(url)
	if err != nil {
		return "", err
	}
	if driver.Restore == nil {
		return "", fmt.Errorf("a store of the kind %s cannot be restored", driver.Form)
	}
	return driver.Restore(ctx, url, o.Engine, copied, overwrite, func(e engine.Engine) error {
		return (&Store{engine: e, options: o}).Update(ctx, accept)
	})
}

// Engine names the engine of a store URL, as URLForms does.
func Engine(url string) (string, error) {
	driver, err := DriverOf(url)
	return driver.Form, err
}

// SchemaVersion is the version of the schema of the store.
func (v *View) SchemaVersion() (int64, error) {
	return One(v, ScanNumber, `SELECT COALESCE(MAX(version_id), 0) FROM schema_version`)
}

// Contradictions returns what rows say against each other, a sentence each. It reads
// the whole store.
func (v *View) Contradictions() ([]string, error) {
	findings, err := rowcheck.Find(v.session)
	return findings, v.fail(err)
}
